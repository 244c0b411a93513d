import type { Page } from "@playwright/test";
import type { CheckRun, Deployment } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { callTool } from "../support/mcp-clients.ts";
import { cardOf } from "../support/page-parts.ts";

const historyOf = (page: Page) => page.getByRole("list", { name: "Check history" }).getByRole("listitem");

test("Hosting says whether it serves, since when and where, per region, and at which URL [ops.hosting.publish-status] [ops.hosting.regional-health] [ops.hosting.active-url]", async ({
  page,
  api,
  product,
}) => {
  const url = `${product.url}/mcp/support-api`;
  await callTool(url, "ticket_stats");
  const deployment = await api.do<Deployment>("GET", "/mcp-servers/support-api/deployment");
  await page.goto("/acme/servers/support-api/hosting");
  const card = cardOf(page, "Deployment");
  await expect(card.getByText("Active", { exact: true })).toBeVisible();
  await expect(card).toContainText(/1\.0\.0\s*since/);
  await expect(card).toContainText(deployment.activeVersion?.sha256.slice(0, 12) ?? "no version");
  await expect(card.getByText(url, { exact: true })).toBeVisible();
  await expect(card.getByRole("button", { name: "Copy MCP URL" })).toBeVisible();
  await expect(card).toContainText("Public: whoever knows it may call it.");
  const health = page.getByRole("table", { name: "Runtime per region and node" });
  const [runtime] = deployment.runtime;
  const row = health.getByRole("row").filter({ hasText: "local" });
  await expect(row).toContainText("Running");
  await expect(row).toContainText(runtime?.node ?? "no node");
  await expect(row).toContainText("1.0.0");
  await expect(row).toContainText(/\d+(\.\d)?\sMiB/);
  const region = page.getByRole("table", { name: "Health per region" }).getByRole("row");
  await expect(region.filter({ hasText: "local" })).toContainText("1 live");
  const caps = cardOf(page, "Plan caps");
  await expect(caps.getByRole("listitem").filter({ hasText: "Tool call duration" })).toContainText(
    /\d.* of .*0 calls hit it/,
  );
});

test("Run smoke opens a real session, counts the tools and is on record [ops.smoke.dashboard]", async ({
  page,
  api,
}) => {
  const slug = uniqueSlug("smoked");
  await publishHosted(api, { slug, name: "Smoked", code: hostedCode("1.0.0") });
  const smokes = () => api.do<CheckRun[]>("GET", `/mcp-servers/${slug}/mcp-smoke/tools-list`);
  const before = await smokes();
  await page.goto(`/acme/servers/${slug}/hosting`);
  const checks = cardOf(page, "Checks");
  const history = historyOf(page);
  await checks.getByRole("button", { name: "Run smoke" }).click();
  await expect(page.getByText("Smoke of Smoked passed")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/9 tools in \d/)).toBeVisible();
  const after = await smokes();
  expect(after[0]).toMatchObject({ status: "passed", toolCount: 9, actor: "Olivia Owner" });
  expect(after[0]?.id).not.toBe(before[0]?.id);
  await expect(history.first()).toContainText("9 tools");
  await expect(history.first()).toContainText("passed");
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
  await expect(historyOf(page).first()).toContainText("failed");
});

test("Run checks walks DNS, TLS, routing, runtime and tools/list in every region, and keeps the result", async ({
  page,
  api,
}) => {
  const slug = uniqueSlug("checked");
  await publishHosted(api, { slug, name: "Checked", code: hostedCode("1.0.0") });
  await page.goto(`/acme/servers/${slug}/hosting`);
  const checks = cardOf(page, "Checks");
  await checks.getByRole("button", { name: "Run checks" }).click();
  await expect(page.getByText(/Checks of Checked passed/)).toBeVisible({ timeout: 30_000 });
  await expect(checks.getByText("Last hosting check")).toBeVisible();
  const region = checks
    .getByRole("list", { name: "Regions of the hosting check" })
    .getByRole("listitem")
    .first();
  await expect(region).toContainText("local");
  for (const step of ["DNS", "TLS", "Routing", "Runtime", "tools/list"])
    await expect(region.getByText(step, { exact: true }).first()).toBeAttached();
  await expect(historyOf(page).first()).toContainText("Hosting check");
  await checks.getByText("Smoke", { exact: true }).click();
  await expect(historyOf(page).filter({ hasText: "Hosting check" })).toHaveCount(0);
  await expect(page).toHaveURL(/checks=tools-list/);
});

test("a canary is declared with a known answer, tried, saved, run, and on record when the answer is another", async ({
  page,
  api,
}) => {
  const slug = uniqueSlug("canary");
  await publishHosted(api, { slug, name: "Canaried", code: hostedCode("1.0.0") });
  await page.goto(`/acme/servers/${slug}/settings`);
  const policy = cardOf(page, "Release policy");
  await policy.getByRole("switch", { name: "Canary call" }).click();
  await policy.getByLabel("Tool", { exact: true }).selectOption("levels");
  await policy.getByLabel("Arguments").fill("[1]");
  await expect(policy.getByRole("alert")).toContainText("must be a JSON object");
  await expect(policy.getByRole("button", { name: "Save policy" })).toBeDisabled();
  await policy.getByLabel("Arguments").fill("{}");
  await policy.getByLabel("Expected text").fill("done");
  await policy.getByRole("button", { name: "Try it now" }).click();
  await expect(policy.getByText(/It would pass/)).toBeVisible();
  await policy.getByRole("button", { name: "Save policy" }).click();
  await expect(page.getByText("Canaried: release policy saved")).toBeVisible();

  await page.goto(`/acme/servers/${slug}/hosting`);
  await expect(cardOf(page, "Deployment")).toContainText("canary levels");
  await cardOf(page, "Checks").getByRole("button", { name: "Run canary" }).click();
  await expect(page.getByText("Canary of Canaried passed")).toBeVisible({ timeout: 30_000 });
  await expect(historyOf(page).first()).toContainText("Canary: levels");
  await api.do("PATCH", `/mcp-servers/${slug}/config`, {
    body: { checks: { canary: { tool: "levels", expectedText: "something else" } } },
  });
  await page.reload();
  await cardOf(page, "Checks").getByRole("button", { name: "Run canary" }).click();
  await expect(page.getByText("Canary of Canaried failed")).toBeVisible({ timeout: 30_000 });
  await expect(historyOf(page).first()).toContainText("failed");
});
