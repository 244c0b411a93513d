import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import path from "node:path";
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import { type FrameReport, measureAges, measureDrift, measureFrames } from "./log-viewer-parts/in-page.ts";
import { openViewerPage, type ViewerPage } from "./log-viewer-parts/page-server.ts";

/**
 * What the live log costs the one who watches: frames per second while a server floods it, the way of a line from the
 * hub to the screen, and whether a paused list stands still. Chromium without a window, the page built for production,
 * lines over the product's own log stream. Compared, in the same run, with the viewer while nothing is written and with
 * the list one writes first: every row in the document.
 */

const CHROMIUM = (process.env.CHROMIUM_PATH ?? "/usr/bin/chromium:/usr/bin/chromium-browser").split(":");
const APP = path.join(import.meta.dirname, "log-viewer-parts/app");
const VIEWPORT = { width: 1200, height: 720 };
const WARM_UP_MS = 2_000;
const MEASURE_MS = 10_000;
const TICK_MS = 10;
const LEVELS = ["info", "info", "info", "debug", "info", "warn", "info", "error"] as const;

interface List {
  readonly name: string;
  readonly path: string;
}
const VIEWER: List = { name: "viewer", path: "/" };
const NAIVE: List = { name: "naive list", path: "/naive" };

/** What a list cost while lines arrived. */
interface Flood extends FrameReport {
  heapMiB: number;
}

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
    console.log(`load average ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`);
    const idle = await floods(browser, page, VIEWER, 0);
    const naive = await floods(browser, page, NAIVE, 10_000, { idle });
    for (const rate of [1_000, 10_000, 50_000]) await floods(browser, page, VIEWER, rate, { idle, naive });
    for (const rate of [100, 1_000]) await ages(browser, page, rate);
    await pause(browser, page, NAIVE, 1_000);
    for (const rate of [10_000, 50_000]) await pause(browser, page, VIEWER, rate);
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

async function open(browser: Browser, viewer: ViewerPage, list: List): Promise<Page> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  await page.goto(new URL(list.path, viewer.url).href);
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
  list: List,
  rate: number,
  baselines: { readonly idle?: Flood; readonly naive?: Flood } = {},
): Promise<Flood> {
  const page = await open(browser, viewer, list);
  const writer = writing(viewer, rate);
  await page.waitForTimeout(WARM_UP_MS);
  const session = await page.context().newCDPSession(page);
  const cpuBefore = await mainThreadMs(session);
  const report = await page.evaluate(measureFrames, MEASURE_MS);
  const cpuMs = (await mainThreadMs(session)) - cpuBefore;
  const nodes = await page.evaluate(() => document.querySelectorAll("[role=log] *").length);
  const written = writer.stop();
  const heapMiB = await heapOf(session);
  const flood: Flood = { ...report, heapMiB };
  const beside = (of: (measured: Flood) => number, digits: number, unit: string): string => {
    const others = Object.entries(baselines).map(
      ([name, measured]) => `${name} ${of(measured).toFixed(digits)}`,
    );
    return `${of(flood).toFixed(digits)} ${unit}${others.length > 0 ? ` (${others.join(", ")})` : ""}`;
  };
  const arrival = list === VIEWER && written > 0 ? await arrivalOf(page, written) : "";
  console.log(
    [
      `${list.name}, ${rate.toLocaleString("en")} lines/s`.padEnd(28),
      beside((measured) => measured.fps, 1, "fps mean"),
      `frame p99 ${beside((measured) => measured.frameP99Ms, 0, "ms")}`,
      `heap ${beside((measured) => measured.heapMiB, 0, "MiB")}`,
      `main thread ${(cpuMs / (report.fps * (MEASURE_MS / 1_000))).toFixed(1)} ms CPU per frame`,
      `${nodes} nodes`,
      arrival,
    ]
      .filter(Boolean)
      .join("; "),
  );
  await page.context().close();
  return flood;
}

async function arrivalOf(page: Page, written: number): Promise<string> {
  const isShown = await shows(page, `line=${written - 1}.`);
  const dropped = await page.getByText(/^dropped/).textContent();
  return `${written.toLocaleString("en")} written, ${dropped}, newest ${isShown ? "shown" : "NOT SHOWN"}`;
}

async function ages(browser: Browser, viewer: ViewerPage, rate: number): Promise<void> {
  const page = await open(browser, viewer, VIEWER);
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

async function pause(browser: Browser, viewer: ViewerPage, list: List, rate: number): Promise<void> {
  const page = await open(browser, viewer, list);
  const warm = writing(viewer, rate);
  await page.waitForTimeout(WARM_UP_MS * 3);
  await page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height / 2);
  await page.mouse.wheel(0, -400);
  if (list === VIEWER) await page.getByText(/^Paused: scrolled up/).waitFor();
  warm.stop();
  await page.waitForTimeout(WARM_UP_MS);
  const before = await accountedFor(page, list);
  const writer = writing(viewer, rate);
  const drift = await page.evaluate(measureDrift, MEASURE_MS);
  const written = writer.stop();
  await page.waitForTimeout(WARM_UP_MS);
  const after = await accountedFor(page, list);
  const counted = after.inPill - before.inPill;
  const missing = after.dropped - before.dropped;
  const verdict = counted + missing === written ? "exact" : "NOT EXACT";
  const pill = `; the pill counts ${counted.toLocaleString("en")} and gaps ${missing.toLocaleString("en")}: ${verdict}`;
  const moved = Number.isFinite(drift) ? `${drift} px` : "endless";
  console.log(
    `${list.name}, paused at ${rate.toLocaleString("en")} lines/s: ${moved} drift; ${written.toLocaleString("en")} lines written${list === VIEWER ? pill : ""}`,
  );
  await page.context().close();
}

/** The lines that a paused viewer says came, and those that the server said it could not send. */
async function accountedFor(page: Page, list: List): Promise<{ inPill: number; dropped: number }> {
  if (list !== VIEWER) return { inPill: 0, dropped: 0 };
  const pill = await page.locator("button", { hasText: "▼" }).textContent();
  const dropped = await page.getByText(/^dropped/).textContent();
  return { inPill: numberIn(/([\d,]+) new/, pill), dropped: numberIn(/([\d,]+)/, dropped) };
}

const numberIn = (pattern: RegExp, text: string | null): number =>
  Number(pattern.exec(text ?? "")?.[1]?.replaceAll(",", "") ?? 0);

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
