import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** Colours depend on the theme, the rest does not; `structure` is the rest. */
type Rules = "all" | "colours" | "structure";

/** Expects no violation of WCAG 2.2 AA that axe can find on the page as it stands. */
export async function expectAccessible(page: Page, what: string, rules: Rules = "all"): Promise<void> {
  const axe = new AxeBuilder({ page });
  if (rules === "colours") axe.withRules("color-contrast");
  else axe.withTags(WCAG);
  if (rules === "structure") axe.disableRules("color-contrast");
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }));
  expect(found, what).toEqual([]);
}
