import type { IncomingMessage, ServerResponse } from "node:http";
import type { Problem } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Why the web process gave no answer. */
export type WebTrouble = "starting" | "failed" | "busy" | "timeout";

const TROUBLES = {
  starting: {
    status: 503,
    title: "MCP Stack is starting",
    detail: "The dashboard and API are starting or being restarted. MCP traffic keeps running.",
  },
  busy: {
    status: 503,
    title: "MCP Stack is busy",
    detail: "The dashboard and API have too many requests under way.",
  },
  failed: {
    status: 502,
    title: "The dashboard did not answer",
    detail:
      "The web process ended while it worked on this request. It restarts by itself; MCP traffic keeps running.",
  },
  timeout: {
    status: 504,
    title: "The dashboard took too long",
    detail: "The web process did not answer in time.",
  },
} as const satisfies Record<WebTrouble, { status: number; title: string; detail: string }>;

/** Answers in place of the web process: a page that reloads itself for people, a problem document for programs. */
export function answerUnavailable(
  req: IncomingMessage,
  res: ServerResponse,
  trouble: WebTrouble,
  requestId: string,
): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const { status, title, detail } = TROUBLES[trouble];
  const wantsPage = (req.headers.accept ?? "").includes("text/html") && !(req.url ?? "").startsWith("/api/");
  const body = wantsPage ? page(title, detail, requestId) : JSON.stringify(problem(req, trouble, requestId));
  res.writeHead(status, {
    "content-type": wantsPage ? "text/html; charset=utf-8" : "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "retry-after": String(limits.frontDoor.retryAfterSeconds),
    "x-request-id": requestId,
  });
  res.end(req.method === "HEAD" ? undefined : body);
}

function problem(req: IncomingMessage, trouble: WebTrouble, requestId: string): Problem {
  const { status, title, detail } = TROUBLES[trouble];
  const code = trouble === "timeout" ? "timeout" : "unavailable";
  const message = `${detail} Try again in ${limits.frontDoor.retryAfterSeconds} s.`;
  return {
    type: `urn:mcpstack:problem:${code}`,
    title,
    status,
    detail: message,
    instance: (req.url ?? "/").split("?")[0] ?? "/",
    code,
    message,
    requestId,
    retryable: true,
    errors: [],
  };
}

/** `requestId` is ours and holds no character that HTML minds. */
const page = (title: string, detail: string, requestId: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${limits.frontDoor.retryAfterSeconds}">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { display: grid; min-height: 100vh; place-items: center; margin: 0; }
main { max-width: 32rem; padding: 2rem; }
h1 { font-size: 1.25rem; }
p { opacity: 0.8; }
code { font-size: 0.85rem; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${detail} This page reloads by itself.</p>
<p><code>${requestId}</code></p>
</main>
</body>
</html>
`;
