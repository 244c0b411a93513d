import type { Page } from "@playwright/test";
import { expectAccessible } from "./axe.ts";
import { expect } from "./fixtures.ts";
import { watchPage } from "./page-watch.ts";

const PHONE = { width: 360, height: 740 };

/** Everything that is expected of a page as it stands: both themes, a phone, silence, only our own origin. */
export async function expectGoodPage(page: Page, open: () => Promise<void>, url: string): Promise<void> {
  const seen = watchPage(page, url);
  await open();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await expectAccessible(page, "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, "dark", "colours");
  const wide = page.viewportSize() ?? PHONE;
  await page.setViewportSize(PHONE);
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
  await expectAccessible(page, "on a phone", "structure");
  await page.setViewportSize(wide);
  expect(seen.errors).toEqual([]);
  expect(seen.foreignRequests).toEqual([]);
  expect(seen.policies.length, "every page has a Content-Security-Policy").toBeGreaterThan(0);
  for (const policy of seen.policies) {
    expect(policy).toContain("default-src 'self'");
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w-]+' 'strict-dynamic'(;|$)/);
    expect(policy).toContain("frame-ancestors 'none'");
  }
}
