import { expect, type Locator, type Page, type WebSocket } from "@playwright/test";

/** The live log as a person sees it, in the modal or on its page. */
export class LiveLog {
  readonly page: Page;
  readonly region: Locator;
  readonly list: Locator;
  /** Every row on the screen: lines, gaps, remarks. */
  readonly rows: Locator;
  readonly lines: Locator;
  readonly gaps: Locator;
  /** What arrived while paused, and the way back. */
  readonly pill: Locator;

  constructor(page: Page) {
    this.page = page;
    this.region = page.getByRole("region", { name: /^Live log of / });
    this.list = this.region.getByRole("log", { name: "Lines" });
    this.rows = this.list.locator("[data-n]");
    this.lines = this.list.locator("[data-level]");
    this.gaps = this.list.locator("[data-kind=gap]");
    this.pill = this.region.locator("button", { has: page.getByText("▼") });
  }

  /** Opens the page of its own, and waits until it streams. */
  async openPage(organization: string, server: string): Promise<void> {
    await this.page.goto(`/${organization}/servers/${server}/logs/live`);
    await this.untilLive();
  }

  async untilLive(): Promise<void> {
    await expect(this.region.getByText("Live", { exact: true })).toBeVisible({ timeout: 30_000 });
  }

  async untilNotLive(): Promise<void> {
    await expect(this.region.getByText("Live", { exact: true })).toBeHidden({ timeout: 30_000 });
  }

  line(text: string | RegExp): Locator {
    return this.lines.filter({ hasText: text });
  }

  /** The texts of the messages on the screen, in their order. */
  messages(): Promise<string[]> {
    return this.lines.locator("> span:last-child").allInnerTexts();
  }

  /** Where each row on the screen stands, by row number. */
  positions(): Promise<Record<string, number>> {
    return this.rows.evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [row.getAttribute("data-n"), Math.round(row.getBoundingClientRect().top)]),
      ),
    );
  }

  /** Whether no row moved between two paints: scrolling by the wheel is smooth. */
  async isSteady(): Promise<boolean> {
    const before = await this.positions();
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    return JSON.stringify(before) === JSON.stringify(await this.positions());
  }

  async wheel(deltaY: number): Promise<void> {
    await this.list.hover();
    await this.page.mouse.wheel(0, deltaY);
  }
}

/** The WebSocket of a log stream that `open` opens. */
export async function streamSocket(page: Page, open: () => Promise<void>): Promise<WebSocket> {
  const [socket] = await Promise.all([
    page.waitForEvent("websocket", (candidate) => candidate.url().includes("/log-stream/")),
    open(),
  ]);
  return socket;
}
