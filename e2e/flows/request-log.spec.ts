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
  await pages.getByRole("link", { name: "Older" }).click();
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
  await page.goto(`/acme/servers/${slug}/logs?tool=write`);
  await expect(page.getByText("No request matches")).toBeVisible();
  await page.getByRole("button", { name: "Remove Tool write" }).click();
  await page.getByRole("button", { name: "Tool", exact: true }).click();
  await page.getByRole("menuitemradio", { name: /^levels/ }).click();
  await expect(pages).toContainText(`1–50 of ${CALLS}`);
  await page.goBack();
  await page.goBack();
  await expect(page.getByText("No request matches")).toBeVisible();
  await page.goto(pasted);
  await expect(rows, "a pasted address shows the same").toHaveCount(1);
  await expect(rows).toContainText("no_such_tool");
});

test("a stretch of time, a counted value and a text each narrow the log; live follows what comes; what cannot be used is said [ops.logs.dashboard-filter]", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("brushed");
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  const client = await connectMcp(`${product.url}/mcp/${slug}`, "first");
  await client.callTool("levels");
  await client.callTool("no_such_tool");
  const tools = { method: "tools/call", pageSize: "1" };
  await expect
    .poll(async () => (await api.do<RequestPage>("GET", `/mcp-servers/${slug}/logs`, { query: tools })).total)
    .toBeGreaterThanOrEqual(2);

  await page.goto(`/acme/servers/${slug}/logs?source=external&page=0&outcome=bogus&window=1h`);
  await expect(page.getByText("Left out of this view")).toContainText("page, outcome");
  const rows = page.getByRole("table", { name: "Requests" }).locator("tbody").getByRole("row");
  await expect(rows.first()).toBeVisible();
  const chart = page.getByRole("slider", { name: "Time of the requests" });
  await chart.press("ArrowLeft");
  await chart.press("Shift+ArrowLeft");
  await expect(chart).toHaveAttribute("aria-valuetext", /1 error/);
  await chart.press("Enter");
  await expect(page).toHaveURL(/window=custom&?.*from=/);
  await page.getByRole("button", { name: "Reset zoom" }).click();
  await expect(page).toHaveURL(/window=1h/);

  const values = page.getByRole("complementary", { name: "Values in this window" });
  await values.getByRole("button", { name: /^no_such_tool/ }).click();
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Remove Tool no_such_tool" }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("no_such");
  await page.keyboard.press("Enter");
  // Who types on while the address follows loses nothing.
  await page.keyboard.type("%");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Searched the whole window · 0 matches")).toBeVisible();
  await page
    .getByRole("textbox", { name: "Search this log" })
    .or(page.getByRole("searchbox"))
    .fill("NO_SUCH");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Searched the whole window · 1 match", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Clear all" }).click();

  await page.getByRole("radio", { name: "Live" }).click();
  await expect(page.getByText("Live: asks for new rows")).toBeVisible();
  await client.callTool("write", { text: "after" });
  await expect(rows.first(), "nobody asked for it").toContainText("write");
  await client.close();
});

test("the history of the console is read beside the requests, and a line leads to its call and its neighbours [ops.logs.dashboard-filter]", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("console");
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  const client = await connectMcp(`${product.url}/mcp/${slug}`, "first");
  await client.callTool("write", { text: "\u001b[31mred\u001b[0m <b>bold</b> \u202Eturned" });
  await client.close();

  await page.goto(`/acme/servers/${slug}/logs`);
  await page.getByRole("radio", { name: "Console" }).click();
  await expect(page).toHaveURL(/log=console/);
  const line = page.getByRole("table", { name: "Console lines" }).getByRole("link", { name: /bold/ });
  await expect(async () => {
    await page.getByRole("button", { name: /^(Refresh|Show \d)/ }).click();
    await expect(line).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(line.locator("b"), "a line is text").toHaveCount(0);
  await line.click();
  await expect(page).toHaveURL(/line=/);
  await page.reload();
  const details = page.getByRole("region", { name: /^Line / });
  await expect(details, "a pasted address opens the same line").toContainText("<b>bold</b>");
  await expect(details.getByRole("link", { name: "Show among its neighbours" })).toHaveAttribute(
    "href",
    /\/logs\/live\?line=[\w-]+\.\d+\.\d+$/,
  );
  await details.getByRole("link", { name: /^req_/ }).click();
  await expect(page.getByRole("dialog", { name: "Request" })).toContainText("write");
});
