import { expectAccessible } from "../support/axe.ts";
import { expect, test } from "../support/fixtures.ts";
import { type FrontedServer, frontedServer } from "../support/gateways.ts";
import { expectGoodPage } from "../support/good-page.ts";
import { rawCall } from "../support/mcp-clients.ts";

let fronted: FrontedServer;
test.beforeAll(async ({ api }) => {
  fronted = await frontedServer(api, "seen");
  await rawCall(fronted.attachment.url, "tools/list");
  const logs = `/gateways/${fronted.gateway.id}/logs`;
  await expect.poll(async () => (await api.do<{ total: number }>("GET", logs)).total).toBeGreaterThan(0);
});

test("the list and the form of gateways are accessible in both themes and on a phone, and ask nobody else", async ({
  page,
  product,
}) => {
  for (const path of ["/acme/gateways", "/acme/gateways/new"])
    await expectGoodPage(page, () => page.goto(path).then(() => undefined), product.url);
});

for (const tab of ["", "/servers", "/grants", "/keys", "/logs", "/doctor", "/settings"]) {
  test(`so is ${tab || "the overview"} of a gateway`, async ({ page, product }) => {
    const path = `/acme/gateways/${fronted.gateway.id}${tab}`;
    await expectGoodPage(page, () => page.goto(path).then(() => undefined), product.url);
  });
}

test("so are the editor of a grant, the explainer, and the question before detaching", async ({
  page,
  product,
}) => {
  const base = `/acme/gateways/${fronted.gateway.id}`;
  await page.goto(`${base}/grants?edit=new`);
  const grant = page.getByRole("dialog", { name: "New grant" });
  await grant.getByRole("radio", { name: "Chosen tools" }).check({ force: true });
  await grant.getByRole("textbox", { name: /pattern/ }).fill("nothing_*");
  await grant.getByRole("button", { name: "Add" }).click();
  await expect(grant).toContainText("matches nothing");
  await expectAccessible(page, "grant");
  await expectGoodPage(
    page,
    async () => {
      await page.goto(`${base}/logs?decision=denied`);
      await page.getByRole("row").nth(1).getByRole("link").click();
      await expect(page.getByRole("dialog", { name: "Decision" })).toContainText("How to fix it");
    },
    product.url,
  );
  await page.goto(`${base}/servers`);
  await page.getByRole("button", { name: "Detach" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("Opens again");
  await expectAccessible(page, "question");
});
