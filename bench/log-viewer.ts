import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import { type FrameReport, measureAges, measureDrift, measureFrames } from "./log-viewer-parts/in-page.ts";
import { openViewerPage, type ViewerPage } from "./log-viewer-parts/page-server.ts";

/**
 * What the live log costs the one who watches: frames per second while a server floods it, the way of a line from the
 * hub to the screen, and whether a paused list stands still. Chromium without a window, the page built for production,
 * lines over the product's own log stream.
 */

const CHROMIUM = (process.env.CHROMIUM_PATH ?? "/usr/bin/chromium:/usr/bin/chromium-browser").split(":");
const APP = path.join(import.meta.dirname, "log-viewer-parts/app");
const VIEWPORT = { width: 1200, height: 720 };
const WARM_UP_MS = 2_000;
const MEASURE_MS = 10_000;
const TICK_MS = 10;
const LEVELS = ["info", "info", "info", "debug", "info", "warn", "info", "error"] as const;

export async function bench(): Promise<void> {
  try {
    await build();
    await measure();
  } finally {
    // What was built is no source: the gates must not find it.
    await rm(path.join(APP, ".next"), { recursive: true, force: true });
  }
}

async function measure(): Promise<void> {
  const page = await openViewerPage({ dev: false, port: 0 });
  const executablePath = CHROMIUM.find((place) => existsSync(place));
  const browser = await chromium.launch(executablePath ? { executablePath } : {});
  try {
    const idle = await floods(browser, page, 0);
    for (const rate of [1_000, 10_000, 50_000]) await floods(browser, page, rate, idle);
    for (const rate of [100, 1_000]) await ages(browser, page, rate);
    await pause(browser, page, 10_000);
  } finally {
    await browser.close();
    await page.close();
  }
}

async function build(): Promise<void> {
  const child = spawn(process.execPath, ["node_modules/next/dist/bin/next", "build", APP], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`the page of the viewer could not be built (exit code ${code})`);
}

async function open(browser: Browser, viewer: ViewerPage): Promise<Page> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  await page.goto(viewer.url);
  await page.getByText("Live", { exact: true }).waitFor();
  return page;
}

/** Writes at a steady rate on average, whatever the timer does, until stopped. Gives the number of lines. */
function writing(viewer: ViewerPage, linesPerSecond: number): { stop(): number; readonly written: number } {
  const startMs = performance.now();
  let written = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) * linesPerSecond) / 1_000;
    for (; written < due; written++) {
      viewer.write(
        LEVELS[written % LEVELS.length] ?? "info",
        `[INFO] Tool: refund_order, order ord_${written}, reason: damaged in transit, at=${Date.now()} line=${written}.`,
      );
    }
  }, TICK_MS);
  return {
    stop() {
      clearInterval(timer);
      return written;
    },
    get written() {
      return written;
    },
  };
}

async function floods(
  browser: Browser,
  viewer: ViewerPage,
  rate: number,
  idle?: FrameReport,
): Promise<FrameReport> {
  const page = await open(browser, viewer);
  const writer = writing(viewer, rate);
  await page.waitForTimeout(WARM_UP_MS);
  const session = await page.context().newCDPSession(page);
  const cpuBefore = await mainThreadMs(session);
  const report = await page.evaluate(measureFrames, MEASURE_MS);
  const cpuMs = (await mainThreadMs(session)) - cpuBefore;
  const nodes = await page.evaluate(() => document.querySelectorAll("[role=log] *").length);
  const written = writer.stop();
  const heapMiB = await heapOf(session);
  const last = written === 0 ? true : await shows(page, `line=${written - 1}.`);
  const dropped = await page.getByText(/^dropped/).textContent();
  console.log(
    [
      `${rate.toLocaleString("en")} lines/s`.padEnd(16),
      `${report.fps.toFixed(1)} fps${idle ? ` (×${(report.fps / idle.fps).toFixed(2)} of idle)` : ""}`,
      `frame p99 ${report.frameP99Ms.toFixed(0)} ms`,
      `main thread ${(cpuMs / (report.fps * (MEASURE_MS / 1_000))).toFixed(1)} ms CPU per frame`,
      `heap ${heapMiB.toFixed(0)} MiB`,
      `${nodes} nodes`,
      written === 0
        ? ""
        : `${written.toLocaleString("en")} written, ${dropped}, newest ${last ? "shown" : "NOT SHOWN"}`,
    ]
      .filter(Boolean)
      .join("; "),
  );
  await page.context().close();
  return report;
}

async function ages(browser: Browser, viewer: ViewerPage, rate: number): Promise<void> {
  const page = await open(browser, viewer);
  const writer = writing(viewer, rate);
  await page.waitForTimeout(WARM_UP_MS);
  const measured = (await page.evaluate(measureAges, MEASURE_MS)).sort((a, b) => a - b);
  writer.stop();
  const at = (part: number): number => measured[Math.floor(measured.length * part)] ?? Number.NaN;
  console.log(
    `${`${rate.toLocaleString("en")} lines/s`.padEnd(16)} hub → painted p50 ${at(0.5)} ms, p99 ${at(0.99)} ms over ${measured.length} lines (goal: p50 ≤ 120, p99 ≤ 250)`,
  );
  await page.context().close();
}

async function pause(browser: Browser, viewer: ViewerPage, rate: number): Promise<void> {
  const page = await open(browser, viewer);
  const warm = writing(viewer, rate);
  await page.waitForTimeout(WARM_UP_MS * 3);
  await page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height / 2);
  await page.mouse.wheel(0, -400);
  await page.getByText(/^Paused: scrolled up/).waitFor();
  warm.stop();
  await page.waitForTimeout(WARM_UP_MS);
  const before = await newLines(page);
  const writer = writing(viewer, rate);
  const drift = await page.evaluate(measureDrift, MEASURE_MS);
  const written = writer.stop();
  await page.waitForTimeout(WARM_UP_MS);
  const counted = (await newLines(page)) - before;
  console.log(
    `paused at ${rate.toLocaleString("en")} lines/s: ${drift} px drift; ${written.toLocaleString("en")} lines arrived, the pill counts ${counted.toLocaleString("en")}`,
  );
  await page.context().close();
}

/** What the pill says; 0 while it has no number. */
async function newLines(page: Page): Promise<number> {
  const text = await page.locator("button", { hasText: "▼" }).textContent();
  return Number(/([\d,]+) new/.exec(text ?? "")?.[1]?.replaceAll(",", "") ?? 0);
}

const shows = (page: Page, text: string): Promise<boolean> =>
  page
    .getByText(text)
    .waitFor({ timeout: 15_000 })
    .then(
      () => true,
      () => false,
    );

async function heapOf(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1024 / 1024;
}

/** CPU time of the page's main thread: unlike frames per second it does not depend on what else the machine does. */
async function mainThreadMs(session: CDPSession): Promise<number> {
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find((metric) => metric.name === "ThreadTime")?.value ?? Number.NaN) * 1_000;
}
