import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const WCAG = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** Colours depend on the theme, the rest does not; `structure` is the rest. */
type Rules = "all" | "colours" | "structure";

/** Expects no violation of WCAG 2.2 AA that axe can find on the page as it stands. */
export async function expectAccessible(page: Page, what: string, rules: Rules = "all"): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    // Our pages have no frames, and only violations are looked at: half the time.
    .setLegacyMode(true)
    .options({
      resultTypes: ["violations"],
      preload: false,
      runOnly: rules === "colours" ? ["color-contrast"] : { type: "tag", values: WCAG },
      rules: { "color-contrast": { enabled: rules !== "structure" } },
    })
    .analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }));
  expect(found, what).toEqual([]);
}
