import { expect, test } from "../support/fixtures.ts";
import { LiveLog } from "../support/live-log.ts";

test("everything on the way from the overview to a server's live log is done without a mouse", async ({
  page,
  product,
}) => {
  await page.goto("/acme");
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  await expect(async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await expect(page).toHaveURL(`${product.url}/acme/servers`, { timeout: 2_000 });
  }, "keys work once the page is interactive").toPass();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: /keyboard/i })).toContainText("Go to");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type("support desk");
  await expect(page.getByRole("option", { name: /Support desk/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${product.url}/acme/servers/support-api`);
  await expect(page.getByRole("heading", { name: "Support desk" })).toBeVisible();
  await page.keyboard.press("l");
  const live = new LiveLog(page);
  await live.untilLive();
  await expect(live.list).toBeFocused();
  await page.keyboard.press("Space");
  await expect(live.region.getByText("Paused", { exact: false }).first()).toBeVisible();
  await page.keyboard.press("End");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});
