import type { Locator, Page } from "@playwright/test";
import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { connectMcp, rawCall } from "../support/mcp-clients.ts";

/** How soon a changed grant holds for every call. */
const GRANT_MS_MAX = 2_000;

const tab = (page: Page, name: RegExp) =>
  page.getByRole("navigation", { name: "Gateway" }).getByRole("link", { name });

/** Looks at the newest decisions until the row is there. */
async function untilLogged(page: Page, row: Locator): Promise<void> {
  await expect(async () => {
    await page.getByRole("button", { name: /^(Refresh|Show \d)/ }).click();
    await expect(row).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

test("a gateway is made, a server goes behind it, a key opens it, and Logs shows every decision and why [ops.gateways.profile-logs] [ops.gateways.grants]", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("fronted");
  await publishHosted(api, { slug, name: slug, code: hostedCode("1.0.0"), retentionDays: 1 });
  await page.goto("/acme/gateways");
  await page.getByRole("link", { name: "New gateway" }).first().click();
  await page.getByLabel("Name").fill(`Robots of ${slug}`);
  await expect(page.getByRole("checkbox", { name: "Key" })).toBeChecked();
  await page.getByRole("button", { name: "Create gateway" }).click();
  await expect(page).toHaveURL(/\/acme\/gateways\/gw_\w+\/servers$/);

  await page.getByRole("button", { name: "Attach server" }).first().click();
  const attach = page.getByRole("dialog");
  await attach.getByLabel("Server", { exact: true }).selectOption({ label: `${slug} (${slug})` });
  const publicId = await attach.getByLabel("Public id").inputValue();
  const url = `${product.url}/gateway/${publicId}/mcp`;
  const directUrl = `${product.url}/mcp/${slug}`;
  await expect(attach, "says which URL opens").toContainText(url);
  await expect(attach, "and which one closes").toContainText(directUrl);
  await attach.getByRole("button", { name: `Attach ${slug}` }).click();
  await expect(attach).toBeHidden();
  await expect(page.getByRole("table").getByTitle(url).filter({ visible: true })).toBeVisible();
  await expect
    .poll(async () => JSON.stringify((await rawCall(directUrl, "tools/list")).body))
    .toContain("reached through its gateway");

  await tab(page, /^Keys/).click();
  await page.getByRole("button", { name: "New key" }).first().click();
  await page.getByRole("dialog", { name: "New key" }).getByLabel("Name").fill("robot");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  const created = page.getByRole("dialog", { name: "The key robot" });
  const secret =
    (await created
      .locator("code")
      .filter({ hasText: /^mcpstack_gk_/ })
      .first()
      .textContent()) ?? "";
  expect(secret).toMatch(/^mcpstack_gk_\S{40,}$/);
  await expect(created.getByRole("region", { name: "Claude Code snippet" })).toContainText(url);
  await created.getByRole("button", { name: "Done" }).click();
  await expect(created).toBeHidden();
  expect(await page.content(), "the secret is shown once").not.toContain(secret);

  expect((await rawCall(url, "tools/list")).status).toBe(401);
  const client = await connectMcp(url, "first", { authorization: `Bearer ${secret}` });
  expect(await client.listTools()).toContain("levels");
  expect((await client.callTool("levels")).text).toBe("done");

  await tab(page, /^Logs/).click();
  const rows = page.getByRole("table", { name: "Decisions" }).locator("tbody").getByRole("row");
  const called = rows.filter({ hasText: "levels" });
  await untilLogged(page, called);
  await expect(called).toContainText("allowed");
  await expect(called).toContainText("robot");
  await expect(rows.filter({ hasText: "no credential" })).toContainText("not identified");

  await tab(page, /^Grants/).click();
  await page.getByRole("button", { name: "Edit" }).click();
  const grant = page.getByRole("dialog", { name: "Grant for Everyone" });
  await grant.getByRole("radio", { name: "Chosen tools" }).check({ force: true });
  await grant.getByRole("textbox", { name: /pattern/ }).fill("wri*");
  await grant.getByRole("button", { name: "Add" }).click();
  await expect(grant).toContainText("Covers 1 of 9 known tools");
  await grant.getByRole("button", { name: "Save grant" }).click();
  await expect(grant).toBeHidden();
  await expect
    .poll(() => client.listTools(), { timeout: GRANT_MS_MAX, message: "the list shrinks by itself" })
    .toEqual(["write"]);
  await expect(
    page.getByRole("table", { name: "Grants" }).getByText("wri*").filter({ visible: true }),
  ).toBeVisible();
  await expect(page.getByRole("main")).toContainText("8 of 9 tools: levels");

  const refusal = await client.callTool("levels").catch((error: Error) => error.message);
  const [requestId] = String(refusal).match(/req_\w+/) ?? [];
  expect(requestId, "a denied caller is told the request id").toBeDefined();
  await client.close();

  await page.goto(`${new URL(page.url()).pathname.replace("/grants", "/logs")}?requestId=${requestId}`);
  const denied = rows.filter({ hasText: "no grant for tool" });
  await untilLogged(page, denied);
  await denied.getByRole("link").click();
  const explainer = page.getByRole("dialog", { name: "Decision" });
  const facts = explainer.getByRole("table", { name: "Presented and expected" });
  await expect(facts.getByRole("row", { name: /^tool/ })).toContainText(/does not match:\s*levels/);
  await expect(facts.getByRole("row", { name: /^tool/ })).toContainText("wri*");
  await expect(explainer).toContainText("How to fix it");
  await expect(explainer).toContainText(String(requestId));
  await expect(page, "the address opens the same drawer").toHaveURL(new RegExp(`request=${requestId}`));
  await explainer.getByRole("link", { name: "Open in the server's log" }).click();
  const request = page.getByRole("dialog", { name: "Request" });
  await expect(request.getByRole("region", { name: "Decision" })).toContainText("no grant for tool");
});
