import type { Locator, Page } from "@playwright/test";

/** The card with this title. */
export const cardOf = (page: Page, title: string): Locator =>
  page.locator("section", { has: page.getByRole("heading", { name: title, exact: true }) });
