import type { RequestPage } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { connectMcp } from "../support/mcp-clients.ts";

const CALLS = 55;
/** A session begins with a request, a notification, and a try to listen. */
const HANDSHAKE = 3;
const ON_A_PAGE = 50;

test("the request log is read page by page and filtered by outcome and tool; the address holds it all [ops.logs.dashboard-filter]", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("logged");
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  const client = await connectMcp(`${product.url}/mcp/${slug}`, "first");
  for (let call = 0; call < CALLS; call++) await client.callTool("levels");
  await client.callTool("no_such_tool");
  await client.close();
  const external = { source: "external", pageSize: "1" };
  await expect
    .poll(
      async () => (await api.do<RequestPage>("GET", `/mcp-servers/${slug}/logs`, { query: external })).total,
    )
    .toBe(CALLS + HANDSHAKE + 1);

  await page.goto(`/acme/servers/${slug}/logs?source=external`);
  const rows = page.getByRole("table", { name: "Requests" }).locator("tbody").getByRole("row");
  const pages = page.getByRole("navigation", { name: "Pages" });
  await expect(rows).toHaveCount(ON_A_PAGE);
  await expect(pages).toContainText(`1–50 of ${CALLS + HANDSHAKE + 1}`);
  await expect(rows.first()).toContainText("no_such_tool");
  await expect(rows.first()).toContainText("tool error");
  await pages.getByRole("button", { name: "Older" }).click();
  await expect(page).toHaveURL(/[?&]page=2/);
  await expect(rows).toHaveCount(CALLS + HANDSHAKE + 1 - ON_A_PAGE);
  await expect(rows.last()).toContainText("initialize");

  await page.getByRole("button", { name: /^Outcome/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "tool error" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/[?&]outcome=tool_error/);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("no_such_tool");
  const pasted = page.url();
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByRole("combobox", { name: "Tool" }).selectOption("write");
  await expect(page.getByText("No request matches")).toBeVisible();
  await page.getByRole("combobox", { name: "Tool" }).selectOption("levels");
  await expect(pages).toContainText(`1–50 of ${CALLS}`);
  await page.goBack();
  await expect(page.getByText("No request matches")).toBeVisible();
  await page.goto(pasted);
  await expect(rows, "a pasted address shows the same").toHaveCount(1);
  await expect(rows).toContainText("no_such_tool");
});
