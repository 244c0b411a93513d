import { expectAccessible } from "../support/axe.ts";
import { expect, SIGNED_OUT, test } from "../support/fixtures.ts";
import { expectGoodPage } from "../support/good-page.ts";

const SERVER = "/acme/servers/support-api";
const PAGES = [
  "/acme",
  "/acme/servers",
  "/acme/servers/new",
  "/acme/servers/new?kind=connected",
  SERVER,
  `${SERVER}/hosting`,
  `${SERVER}/logs`,
  `${SERVER}/logs/live`,
  `${SERVER}/tools?tool=refund_ticket`,
  `${SERVER}/settings`,
  "/acme/agents",
  "/acme/agents/new",
  "/acme/usage",
  "/acme/settings",
  "/acme/settings/members",
  "/acme/settings/api-tokens",
  "/acme/settings/log-drains",
  "/acme/settings/audit-log",
  "/acme/settings/profile",
  "/acme/no-such-page",
];

for (const path of PAGES) {
  test(`${path} is accessible in both themes and on a phone, logs no error, and asks nobody else`, async ({
    page,
    product,
  }) => {
    await expectGoodPage(page, () => page.goto(path).then(() => undefined), product.url);
  });
}

test("so are the live log over a page, the command menu, a request and a question", async ({
  page,
  product,
}) => {
  await expectGoodPage(
    page,
    async () => {
      await page.goto(SERVER);
      await page
        .getByRole("button", { name: /^View Logs/ })
        .first()
        .click();
      await expect(page.getByText("Live", { exact: true })).toBeVisible();
    },
    product.url,
  );
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page, "command menu");
  await page.goto(`${SERVER}/logs`);
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByRole("dialog", { name: "Request" })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expectAccessible(page, "request");
  await page.goto(`${SERVER}/settings`);
  await page.getByRole("button", { name: "Delete server" }).click();
  await expectAccessible(page, "question");
});

test.describe("signed out", () => {
  test.use(SIGNED_OUT);
  for (const path of ["/sign-in?reason=expired", "/invite/no-such-invitation"]) {
    test(`${path} is accessible too`, async ({ page, product }) => {
      await expectGoodPage(page, () => page.goto(path).then(() => undefined), product.url);
    });
  }
});
