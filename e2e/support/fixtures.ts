import { randomBytes } from "node:crypto";
import { type BrowserContext, type BrowserContextOptions, test as base, type Page } from "@playwright/test";
import { type ApiClient, apiClient } from "./api-client.ts";
import { holdEarlyInput } from "./hydration.ts";
import { type Instance, instance } from "./instance.ts";

interface TestFixtures {
  /** Opens a page in another browser, where nobody is signed in unless the options say so; closed after the test. */
  openBrowser: (options?: BrowserContextOptions) => Promise<Page>;
  /** A page of the second tenant's owner; `page` is the first one's. */
  strangerPage: Page;
  /** Fails the test when a page throws. */
  noUncaughtErrors: undefined;
}

interface WorkerFixtures {
  product: Instance;
  /** The first tenant, by its API token. */
  api: ApiClient;
  /** The second one. */
  strangerApi: ApiClient;
}

/** Two tenants in every test: `page` and `api` belong to the first, `strangerPage` and `strangerApi` to the second. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of other fixtures from the pattern
  product: [async ({}, use) => use(instance()), { scope: "worker" }],
  api: [async ({ product }, use) => use(apiClient(product.url, product.acme)), { scope: "worker" }],
  strangerApi: [async ({ product }, use) => use(apiClient(product.url, product.globex)), { scope: "worker" }],
  baseURL: async ({ product }, use) => use(product.url),
  storageState: async ({ product }, use) => use(product.acme.sessionFile),
  context: async ({ context }, use) => {
    await holdEarlyInput(context);
    await use(context);
  },
  openBrowser: async ({ browser, product }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ baseURL: product.url, ...SIGNED_OUT, ...options });
      opened.push(context);
      await holdEarlyInput(context);
      return context.newPage();
    });
    await Promise.all(opened.map((context) => context.close()));
  },
  strangerPage: async ({ openBrowser, product }, use) =>
    use(await openBrowser({ storageState: product.globex.sessionFile })),
  noUncaughtErrors: [
    async ({ context }, use) => {
      const errors: Error[] = [];
      context.on("weberror", (thrown) => errors.push(thrown.error()));
      await use(undefined);
      if (errors.length > 0) throw new AggregateError(errors, `A page threw: ${errors.join("; ")}`);
    },
    { auto: true },
  ],
});

export { expect } from "@playwright/test";

/** Nobody is signed in; for `test.use`. */
export const SIGNED_OUT = { storageState: { cookies: [], origins: [] } };

/** A slug that no other test and no earlier run has. */
export const uniqueSlug = (name: string): string => `${name}-${randomBytes(4).toString("hex")}`;
