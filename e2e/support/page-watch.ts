import type { Page } from "@playwright/test";

export interface Watch {
  /** What the page wrote to the console as an error. */
  readonly errors: string[];
  readonly foreignRequests: string[];
  /** The Content-Security-Policy of each document. */
  readonly policies: string[];
}

/** Collects from now on what a page of `origin` should not do. */
export function watchPage(page: Page, origin: string): Watch {
  const watch: Watch = { errors: [], foreignRequests: [], policies: [] };
  page.on("console", (message) => {
    // A missing page is a document with status 404, which the browser itself reports.
    const isOwnStatus = message.location().url === page.url() && message.text().includes("404");
    if (message.type() === "error" && !isOwnStatus) watch.errors.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.host !== new URL(origin).host)
      watch.foreignRequests.push(request.url());
  });
  page.on("response", (response) => {
    if (response.request().resourceType() !== "document") return;
    watch.policies.push(response.headers()["content-security-policy"] ?? "none");
  });
  return watch;
}
