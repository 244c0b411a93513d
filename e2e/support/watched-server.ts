import { publishHosted } from "./api-client.ts";
import { test, uniqueSlug } from "./fixtures.ts";
import { hostedCode } from "./hosted-code.ts";
import { LiveLog } from "./live-log.ts";
import { callTool } from "./mcp-clients.ts";

interface Watched {
  slug: string;
  live: LiveLog;
  /** Lets the server write `text from`, …, one line each, and waits until it has. */
  write(lines: { from?: number; count?: number; level?: string; text?: string }): Promise<void>;
}

/** Every test watches a server of its own, which writes nothing but what the test asks for. */
export const watching = test.extend<{ watched: Watched }>({
  watched: async ({ page, api, product }, use) => {
    const slug = uniqueSlug("viewer");
    await publishHosted(api, { slug, name: "Viewed server", code: hostedCode("1.0.0"), retentionDays: 0 });
    const live = new LiveLog(page);
    await use({
      slug,
      live,
      write: async (lines) => {
        await callTool(`${product.url}/mcp/${slug}`, "write", lines);
      },
    });
    await api.do("DELETE", `/mcp-servers/${slug}`);
  },
});
