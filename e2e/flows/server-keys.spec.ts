import { publishHosted } from "../support/api-client.ts";
import { expect, test, uniqueSlug } from "../support/fixtures.ts";
import { hostedCode } from "../support/hosted-code.ts";
import { connectMcp, rawCall } from "../support/mcp-clients.ts";
import { cardOf } from "../support/page-parts.ts";

test("a server by key: the secret is shown once, opens the direct URL, and stops to when it is revoked", async ({
  page,
  api,
  product,
}) => {
  const slug = uniqueSlug("keyed");
  const url = `${product.url}/mcp/${slug}`;
  await publishHosted(api, { slug, name: "Keyed", code: hostedCode("1.0.0") });
  await page.goto(`/acme/servers/${slug}/settings`);
  await cardOf(page, "Access and history").getByRole("radio", { name: "Key" }).click();
  await page
    .getByRole("alertdialog", { name: "Let only keys into Keyed?" })
    .getByRole("button", { name: "Require a key" })
    .click();
  await expect(page.getByText("Keyed: settings saved")).toBeVisible();
  await expect.poll(async () => (await rawCall(url, "tools/list")).status).toBe(401);

  const keys = cardOf(page, "Keys");
  await keys.getByRole("button", { name: "New key" }).first().click();
  await page.getByRole("dialog", { name: "New key" }).getByLabel("Name").fill("robot");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  const created = page.getByRole("dialog", { name: "The key robot" });
  const shown = created.locator("code").filter({ hasText: /^mcpstack_gk_/ });
  const secret = ((await shown.first().textContent()) ?? "").trim();
  expect(secret).toMatch(/^mcpstack_gk_\S{40,}$/);
  await expect(created).toContainText("It is shown only now");
  await created.getByRole("button", { name: "Done" }).click();
  await expect(keys.getByRole("listitem").filter({ hasText: "robot" })).toContainText("active");
  expect(await page.content()).not.toContain(secret);

  const call = async () => {
    const client = await connectMcp(url, "first", { authorization: `Bearer ${secret}` });
    const { text } = await client.callTool("levels");
    await client.close();
    return text;
  };
  await expect.poll(() => call().catch(String)).toBe("done");

  await keys.getByRole("button", { name: "Revoke robot" }).click();
  const confirm = page.getByRole("alertdialog", { name: "Revoke robot?" });
  await confirm.getByRole("textbox").fill("robot");
  await confirm.getByRole("button", { name: "Revoke key" }).click();
  await expect(keys.getByRole("listitem").filter({ hasText: "robot" })).toContainText("revoked");
  await expect.poll(() => call().catch(String)).toMatch(/revoked/);
});
