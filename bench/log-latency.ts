import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { WebSocket } from "ws";
import { removeInstallation, type TestInstallation } from "#lib/testing/installation.ts";
import { connectMcp } from "../e2e/support/mcp-clients.ts";
import { callAsPerson, signIn } from "../e2e/support/session.ts";
import { measureAges } from "./log-viewer-parts/in-page.ts";
import { sampleOwner, startBuiltProduct } from "./product-parts/built-product.ts";

/**
 * How old a line is when it is seen: from `console.log` in a hosted server's code, through its runtime, the collector,
 * the hub and the WebSocket, to a painted row of the live log in Chromium. The built product, nothing replaced. Option
 * `--no-build`: takes the build that is there.
 */

const CHROMIUM = (process.env.CHROMIUM_PATH ?? "/usr/bin/chromium:/usr/bin/chromium-browser").split(":");
const SLUG = "log-latency";
const SERVERS = "/organizations/acme/mcp-servers";
/** Lines a second, and how many watch: one in the browser that is measured, the others over plain sockets. */
const RUNS = [
  { rate: 100, viewers: 1 },
  { rate: 1_000, viewers: 1 },
  { rate: 1_000, viewers: 10 },
] as const;
const MEASURE_MS = 10_000;
const WARM_UP_MS = 2_000;
const PUBLISH_MS_MAX = 60_000;
const POLL_MS = 250;

/** Writes lines at a steady rate; each carries its time, which in a runtime only moves on between two tasks. */
const CODE = `
async function write({ rate, durationMs }) {
  const startMs = Date.now();
  let written = 0;
  for (;;) {
    const passedMs = Date.now() - startMs;
    for (const due = passedMs * rate / 1000; written < due; written++)
      console.log("[INFO] Tool: refund_order, reason: damaged in transit, at=" + Date.now() + " line=" + written + ".");
    if (passedMs > durationMs) return String(written);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
async function answer({ method, params }) {
  if (method === "initialize")
    return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "log-latency", version: "1.0.0" } };
  if (method === "tools/list") return { tools: [{ name: "write", inputSchema: { type: "object" } }] };
  if (method === "tools/call") return { content: [{ type: "text", text: await write(params.arguments) }] };
  return method === "ping" ? {} : undefined;
}
export default {
  async fetch(request) {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const message = await request.json();
    if (message.id === undefined) return new Response(null, { status: 202 });
    const result = await answer(message);
    const part = result ? { result } : { error: { code: -32601, message: "Method not found" } };
    return Response.json({ jsonrpc: "2.0", id: message.id, ...part });
  },
};`;

export async function bench(options: readonly string[] = []): Promise<void> {
  const installation = await startBuiltProduct(options, { env: { MCPSTACK_SAMPLE_TRAFFIC: "off" } });
  const executablePath = CHROMIUM.find((place) => existsSync(place));
  const browser = await chromium.launch(executablePath ? { executablePath } : {});
  try {
    const context = await signedIn(browser, installation);
    await publish(context, installation.url);
    let baselineMs: number | null = null;
    for (const run of RUNS) {
      const p99Ms = await measure(context, installation.url, run);
      if (run.viewers === 1) baselineMs = p99Ms;
      else if (baselineMs !== null)
        console.log(`p99 with ${run.viewers} viewers against one: ×${(p99Ms / baselineMs).toFixed(2)}`);
    }
  } finally {
    await browser.close();
    await installation.stop();
    removeInstallation(installation);
  }
}

async function signedIn(browser: Browser, installation: TestInstallation): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: installation.url,
    viewport: { width: 1200, height: 720 },
  });
  await signIn(context.request, sampleOwner(installation));
  return context;
}

async function publish({ request }: BrowserContext, origin: string): Promise<void> {
  const body = { kind: "hosted", name: "Log latency", slug: SLUG };
  await callAsPerson(request, origin, "POST", SERVERS, body);
  const uploaded = await request.post(`/api/v1${SERVERS}/${SLUG}/versions?version=1.0.0`, {
    headers: { "x-mcpstack-csrf": "1", origin, "content-type": "text/javascript" },
    data: CODE,
  });
  if (!uploaded.ok()) throw new Error(`The upload answered ${uploaded.status()}: ${await uploaded.text()}`);
  await callAsPerson(request, origin, "POST", `${SERVERS}/${SLUG}/publish`, { version: "1.0.0" });
  const deadlineMs = performance.now() + PUBLISH_MS_MAX;
  for (;;) {
    const server = await callAsPerson<{ status: string }>(request, origin, "GET", `${SERVERS}/${SLUG}`);
    if (server.status === "active") return;
    if (performance.now() > deadlineMs) throw new Error(`The server is ${server.status}, not active.`);
    await delay(POLL_MS);
  }
}

/** Viewers that take everything and show nothing. */
async function openViewers(context: BrowserContext, url: string, count: number): Promise<WebSocket[]> {
  const cookies = await context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const sockets = Array.from(
    { length: count },
    () =>
      new WebSocket(`${url.replace("http", "ws")}/log-stream/${SLUG}`, { headers: { cookie }, origin: url }),
  );
  await Promise.all(sockets.map((socket) => once(socket, "message")));
  for (const socket of sockets) socket.on("message", (data) => void JSON.parse(String(data)));
  return sockets;
}

/** Answers the 99th percentile of the ages of painted lines, in ms. */
async function measure(
  context: BrowserContext,
  url: string,
  { rate, viewers }: (typeof RUNS)[number],
): Promise<number> {
  const page = await context.newPage();
  await page.goto(`/acme/servers/${SLUG}/logs/live`);
  await page.getByText("Live", { exact: true }).waitFor();
  const others = await openViewers(context, url, viewers - 1);
  const client = await connectMcp(`${url}/mcp/${SLUG}`);
  const written = client.callTool("write", { rate, durationMs: WARM_UP_MS * 2 + MEASURE_MS });
  await delay(WARM_UP_MS);
  const ages = (await page.evaluate(measureAges, MEASURE_MS)).sort((left, right) => left - right);
  await written;
  await client.close();
  for (const socket of others) socket.close();
  await page.close();
  const at = (share: number): number =>
    ages[Math.min(ages.length - 1, Math.floor(ages.length * share))] ?? Number.NaN;
  console.log(
    `${`${rate.toLocaleString("en")} lines/s, ${viewers} watch`.padEnd(24)} console.log → painted: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms over ${ages.length.toLocaleString("en")} lines (goal: p50 ≤ 120, p99 ≤ 250 ms)`,
  );
  return at(0.99);
}
