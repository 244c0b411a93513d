import { readFile } from "node:fs/promises";
import type { UsageReport } from "#lib/contract/index.ts";
import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { connectMcp } from "../support/mcp-clients.ts";
import { cardOf } from "../support/page-parts.ts";

test("calls of a real client appear on the Usage page by tool, with what changed; row, CSV and API agree [ops.usage.org] [ops.usage.quota-pressure]", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("used");
  await publishHosted(api, { slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  const client = await connectMcp(`${product.url}/mcp/${slug}`);
  for (let calls = 0; calls < 3; calls++) await client.callTool("answer_with", { bytes: 2_000 });
  await client.close();
  const report = () =>
    api.do<UsageReport>("GET", "/usage", { query: { server: slug, by: "tool", compare: "day" } });
  await expect.poll(async () => (await report()).totals.calls).toBe(3);

  await page.goto(`/acme/usage?server=${slug}&by=tool&compare=day`);
  const tiles = page.getByRole("region", { name: "Usage", exact: true });
  for (const name of ["Tool calls", "Runtime errors", "Response sizes", "Hosted servers", "Credit balance"])
    await expect(tiles).toContainText(name);
  const row = page.getByRole("table", { name: "Usage by tool" }).getByRole("row", { name: /answer_with/ });
  await expect(row).toContainText("+3");
  await expect(cardOf(page, "Quota pressure")).toContainText("Tool-call duration");
  await expect(cardOf(page, "Quota pressure")).toContainText(/in range|near|at the cap/);
  await expect(page.getByRole("main")).toContainText("complete to");

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  const [header = "", line = ""] = text.trim().split("\r\n");
  const cell = (name: string) => line.split(",")[header.split(",").indexOf(`"${name}"`)];
  expect([cell("tool"), cell("calls")]).toEqual(['"answer_with"', '"3"']);
  expect(cell("spentMicros")).toBe(`"${(await report()).totals.spentMicros}"`);

  await row.getByRole("link", { name: "answer_with" }).click();
  await expect(page).toHaveURL(new RegExp(`/servers/${slug}/logs\\?.*tool=answer_with`));
  await expect(page.getByRole("table").getByRole("row", { name: /answer_with/ })).toHaveCount(3);
});
