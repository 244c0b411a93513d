import type { CheckRun, Deployment } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { callTool } from "../support/mcp-clients.ts";
import { cardOf } from "../support/page-parts.ts";

const HOSTING = "/acme/servers/support-api/hosting";

test("Hosting says whether it serves, since when and where, per region, and at which URL [ops.hosting.publish-status] [ops.hosting.regional-health] [ops.hosting.active-url]", async ({
  page,
  api,
  product,
}) => {
  const url = `${product.url}/mcp/support-api`;
  await callTool(url, "ticket_stats");
  const deployment = await api.do<Deployment>("GET", "/mcp-servers/support-api/deployment");
  await page.goto(HOSTING);
  const card = cardOf(page, "Deployment");
  await expect(card.getByText("Active", { exact: true })).toBeVisible();
  await expect(card).toContainText(/1\.0\.0\s*since/);
  await expect(card).toContainText(deployment.activeVersion?.sha256.slice(0, 12) ?? "no version");
  await expect(card.getByText(url, { exact: true })).toBeVisible();
  await expect(card.getByRole("button", { name: "Copy MCP URL" })).toBeVisible();
  const health = page.getByRole("table", { name: "Runtime per region and node" });
  const [runtime] = deployment.runtime;
  const row = health.getByRole("row").filter({ hasText: "local" });
  await expect(row).toContainText("Running");
  await expect(row).toContainText(runtime?.node ?? "no node");
  await expect(row).toContainText("1.0.0");
  await expect(row).toContainText(/\d+(\.\d)?\sMiB/);
});

test("Run smoke opens a real session, counts the tools and is on record [ops.smoke.dashboard]", async ({
  page,
  api,
}) => {
  await page.goto(HOSTING);
  const checks = cardOf(page, "Checks");
  await expect(checks.getByRole("listitem").first()).toBeVisible();
  const before = await api.do<CheckRun[]>("GET", "/mcp-servers/support-api/mcp-smoke/tools-list");
  await checks.getByRole("button", { name: "Run smoke" }).click();
  await expect(page.getByText("Smoke of Support desk passed")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/14 tools in \d/)).toBeVisible();
  const after = await api.do<CheckRun[]>("GET", "/mcp-servers/support-api/mcp-smoke/tools-list");
  expect(after[0]).toMatchObject({ status: "passed", toolCount: 14, actor: "Olivia Owner" });
  expect(after[0]?.id).not.toBe(before[0]?.id);
  await expect(checks.getByRole("listitem").first()).toContainText("14 tools");
  await expect(checks.getByRole("listitem").first()).toContainText("passed");
});

test("a smoke that fails says which step failed and in which words", async ({ page, api }) => {
  const slug = uniqueSlug("failing");
  await publishHosted(api, { slug, name: "Failing", code: hostedCode("1.0.0") });
  await api.do("PATCH", `/mcp-servers/${slug}/config`, { body: { environment: { FAIL_TOOLS_LIST: "yes" } } });
  await page.goto(`/acme/servers/${slug}/hosting`);
  await expect(async () => {
    await cardOf(page, "Checks").getByRole("button", { name: "Run smoke" }).click();
    await expect(page.getByText("Smoke of Failing failed").first()).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expect(page.getByText(/tools\/list: .*told to fail/).first()).toBeVisible();
  await expect(cardOf(page, "Checks").getByRole("listitem").first()).toContainText("failed");
});
