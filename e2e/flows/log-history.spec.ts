import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { LiveLog } from "../support/live-log.ts";
import { callTool } from "../support/mcp-clients.ts";

test("a line found by a regular expression is shown among its neighbours, and a link to it opens it there again", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("linked");
  await publishHosted(api, { slug, name: "Linked server", code: hostedCode("1.0.0"), retentionDays: 7 });
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const live = new LiveLog(page);
  const write = (lines: object) => callTool(`${product.url}/mcp/${slug}`, "write", { ...lines });
  await live.openPage("acme", slug);
  await write({ count: 20, text: "before" });
  await write({ count: 1, text: "needle" });
  await write({ count: 20, text: "after" });
  await expect(live.line("after 20")).toBeVisible();

  const filter = page.getByRole("textbox", { name: "Filter lines" });
  await page.getByRole("button", { name: "Filter by regular expression" }).click();
  await filter.fill("needle (");
  await expect(live.region.getByRole("alert")).toContainText("This is no regular expression");
  await filter.fill("^NEEDLE \\d$");
  await expect(live.region.getByRole("alert")).toBeHidden();
  await expect.poll(() => live.messages()).toEqual(["needle 1"]);

  await live.line("needle 1").click();
  await live.region.getByRole("button", { name: "Copy link to line" }).click();
  await live.region.getByRole("button", { name: "Show in context" }).click();
  await expect(live.line("before 20")).toBeVisible();
  await expect(live.line("needle 1")).toHaveAttribute("data-active", "true");

  await page.goto(await page.evaluate(() => navigator.clipboard.readText()));
  await expect(live.region.getByText(/^Line \d+, as linked/)).toBeVisible();
  await expect(live.line("needle 1")).toHaveAttribute("data-active", "true");
  await live.region.getByRole("button", { name: "Go live" }).click();
  await expect(live.region.getByText("as linked")).toBeHidden();
  await live.untilLive();
  await api.do("DELETE", `/mcp-servers/${slug}`);
});

test("servers that are chosen together are watched in one list, each line with the name of its server", async ({
  page,
  api,
  product,
}) => {
  const slugs = [uniqueSlug("merged-a"), uniqueSlug("merged-b")];
  const live = new LiveLog(page);
  for (const slug of slugs)
    await publishHosted(api, { slug, name: slug, code: hostedCode("1.0.0"), retentionDays: 7 });
  await page.goto(`/acme/logs?with=${slugs[0]}`);
  await expect(page.getByRole("checkbox", { name: slugs[0] ?? "" })).toBeChecked();
  await page.getByRole("checkbox", { name: slugs[1] ?? "" }).click();
  await page.getByRole("button", { name: "Watch" }).click();
  await live.untilLive();
  for (const [index, slug] of [...slugs, ...slugs].entries()) {
    await expect(live.region.getByRole("list", { name: "Servers in this view" })).toContainText(slug);
    await callTool(`${product.url}/mcp/${slug}`, "write", { count: 1, text: `turn ${index}` });
  }
  await expect.poll(() => live.messages()).toEqual(["turn 0 1", "turn 1 1", "turn 2 1", "turn 3 1"]);
  await expect(live.line("turn 1 1")).toContainText(slugs[1] ?? "");
  await page.getByRole("textbox", { name: "Filter lines" }).fill("turn 2");
  await expect.poll(() => live.messages()).toEqual(["turn 2 1"]);
  for (const slug of slugs) await api.do("DELETE", `/mcp-servers/${slug}`);
});
