import type { RequestPage, Server } from "#lib/contract/index.ts";
import { operate, succeeded } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { connectMcp } from "../support/mcp-clients.ts";
import { startUpstream, UPSTREAM_URL } from "../support/upstream.ts";

test("a server that runs elsewhere is connected by its URL, called through ours, and logged", async ({
  page,
  api,
  product,
}) => {
  const upstream = await startUpstream(product.upstreamPort);
  try {
    const slug = uniqueSlug("elsewhere");
    await page.goto("/acme/servers/new?kind=connected");
    await page.getByLabel("Name").fill(slug);
    await page.getByLabel("Upstream URL").fill(UPSTREAM_URL);
    await page.getByRole("button", { name: "Connect" }).click();
    await expect(page).toHaveURL(`${product.url}/acme/servers/${slug}`, { timeout: 30_000 });
    for (const generation of ["modern", "first"] as const) {
      const client = await connectMcp(`${product.url}/mcp/${slug}`, generation);
      expect(await client.listTools()).toEqual(["echo"]);
      expect((await client.callTool("echo", { text: generation })).text).toBe(`elsewhere: ${generation}`);
      await client.close();
    }
    await expect
      .poll(async () => {
        const query = { tool: "echo" };
        return (await api.do<RequestPage>("GET", `/mcp-servers/${slug}/logs`, { query })).data;
      })
      .toMatchObject([
        { outcome: "ok", tool: "echo" },
        { outcome: "ok", tool: "echo" },
      ]);
  } finally {
    await upstream.close();
  }
});

test("an upstream that is gone is told as such to the caller", async ({ api, product }) => {
  const upstream = await startUpstream(product.upstreamPort);
  const slug = uniqueSlug("gone");
  await api.do("POST", "/mcp-servers", {
    body: { kind: "connected", name: "Gone", slug, upstreamUrl: UPSTREAM_URL },
  });
  succeeded(await operate(api, slug, "activate"));
  await upstream.close();
  await expect(connectMcp(`${product.url}/mcp/${slug}`, "first")).rejects.toThrow(/upstream|reach/i);
});

test("a private address is refused with what the operator could do, before anything is sent to it", async ({
  page,
  api,
}) => {
  const upstream = await startUpstream(0);
  try {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"]) {
      const slug = uniqueSlug("private");
      await page.goto("/acme/servers/new?kind=connected");
      await page.getByLabel("Name").fill(slug);
      await page.getByLabel("Upstream URL").fill(`http://${host}:${upstream.port}/mcp`);
      await page.getByRole("button", { name: "Connect" }).click();
      const refusal = page.locator("form").getByRole("alert");
      await expect(refusal).toContainText(/private|not allowed|MCPSTACK_ALLOW_PRIVATE_UPSTREAMS/, {
        timeout: 30_000,
      });
      expect(await api.do<Server>("GET", `/mcp-servers/${slug}`)).toMatchObject({ status: "draft" });
    }
  } finally {
    await upstream.close();
  }
});
