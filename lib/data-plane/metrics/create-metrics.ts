import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { LogCanary } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import type { MeterStats } from "../metering/index.ts";
import type { CallSink, ObservationStats } from "../observation/index.ts";

/** Upper bounds in seconds: from a fast proxy hop to the longest call a plan allows. */
const DURATION_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export interface MetricsOptions {
  /** What a scraper must present as `Authorization: Bearer`; null turns `/metrics` off. */
  token: string | null;
  node: string;
  region: string;
  clock: Clock;
  observation: () => ObservationStats;
  directory: () => { servers: number; asOfMs: number };
  /** What calls cost and what is set aside for them. */
  money: () => MeterStats;
  /** What the log canary found last; null before the first round. */
  canary: () => LogCanary | null;
}

export interface Metrics {
  /** Counts calls; absent while metrics are off, so that they then cost nothing. */
  readonly sink: CallSink | null;
  /** Takes `GET /metrics`; answers false for any other request, which it leaves untouched. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
}

/**
 * Metrics of this edge in the text format of Prometheus. Everything but the counts of calls is read when somebody asks.
 * Labels are closed lists and names of this installation, never what a caller sent, so their number is bounded.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { token } = options;
  if (token === null) return { sink: null, handle: (req, res) => refuseWithoutToken(req, res) };
  const registry = new Registry();
  registry.setDefaultLabels({ node: options.node, region: options.region });
  collectDefaultMetrics({ register: registry });
  const sink = countCalls(registry);
  readOnDemand(registry, options);
  const expected = digestOf(`Bearer ${token}`);

  return {
    sink,
    handle(req, res) {
      if (!isMetricsPath(req)) return false;
      if (!timingSafeEqual(digestOf(req.headers.authorization ?? ""), expected)) {
        res.setHeader("www-authenticate", "Bearer");
        answer(res, 401, "text/plain", "Present the metrics token as Authorization: Bearer.\n");
        return true;
      }
      registry.metrics().then(
        (text) => answer(res, 200, registry.contentType, text),
        (error: unknown) =>
          answer(res, 500, "text/plain", `The metrics could not be read: ${String(error)}\n`),
      );
      return true;
    },
  };
}

const isMetricsPath = (req: IncomingMessage): boolean =>
  req.method === "GET" && (req.url === "/metrics" || (req.url?.startsWith("/metrics?") ?? false));

function refuseWithoutToken(req: IncomingMessage, res: ServerResponse): boolean {
  if (!isMetricsPath(req)) return false;
  answer(res, 404, "text/plain", "Metrics are off. Set MCPSTACK_METRICS_TOKEN to turn them on.\n");
  return true;
}

/** Equal lengths, so that comparing tells nothing of the token's. */
const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

function answer(res: ServerResponse, status: number, contentType: string, text: string): void {
  if (res.destroyed) return;
  res.writeHead(status, { "content-type": contentType, "cache-control": "no-store" }).end(text);
}

function countCalls(registry: Registry): CallSink {
  const registers = [registry];
  const calls = new Counter({
    name: "mcpstack_mcp_messages_total",
    help: "MCP messages that ended, by outcome, source and kind.",
    labelNames: ["outcome", "source", "kind"],
    registers,
  });
  const seconds = new Histogram({
    name: "mcpstack_mcp_request_duration_seconds",
    help: "From the arrival of a request to the end of its answer.",
    labelNames: ["outcome"],
    buckets: DURATION_SECONDS,
    registers,
  });
  const upstream = new Histogram({
    name: "mcpstack_upstream_call_duration_seconds",
    help: "Outbound calls of hosted code.",
    labelNames: ["outcome"],
    buckets: DURATION_SECONDS,
    registers,
  });
  return {
    request({ outcome, source, kind, durationMs }) {
      calls.inc({ outcome, source, kind });
      if (kind === "request") seconds.observe({ outcome }, durationMs / 1_000);
    },
    upstreamCall: ({ outcome, durationMs }) => upstream.observe({ outcome }, durationMs / 1_000),
  };
}

type Read<Label extends string> = (
  set: (value: number, labels?: Partial<Record<Label, string>>) => void,
) => void;

/** What the parts of the edge know of themselves, read at the moment of a scrape. */
function readOnDemand(registry: Registry, options: MetricsOptions): void {
  const { clock, observation, directory, money, canary } = options;
  const shape = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => ({
    name: `mcpstack_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  const gauge = <Label extends string>(
    name: string,
    help: string,
    read: Read<Label>,
    labels: readonly Label[] = [],
  ) =>
    new Gauge({
      ...shape(name, help, labels),
      collect() {
        this.reset();
        read((value, of) => this.set(of ?? {}, value));
      },
    });
  const counter = <Label extends string>(
    name: string,
    help: string,
    read: Read<Label>,
    labels: readonly Label[] = [],
  ) =>
    new Counter({
      ...shape(name, help, labels),
      collect() {
        this.reset();
        read((value, of) => this.inc(of ?? {}, value));
      },
    });
  const writers = () => {
    const { requests, console, upstream } = observation();
    return Object.entries({ requests, console, upstream });
  };

  gauge("servers", "Servers that this edge knows.", (set) => set(directory().servers));
  gauge("directory_age_seconds", "Since the configuration was last read.", (set) => {
    const { asOfMs } = directory();
    if (asOfMs > 0) set((clock.nowMs() - asOfMs) / 1_000);
  });
  gauge("log_viewers", "Who watches a log stream.", (set) => set(observation().hub.viewers));
  counter("log_lines_total", "Console lines that were shown to viewers.", (set) =>
    set(observation().hub.lines),
  );
  counter(
    "log_lines_lost_total",
    "Console lines that were not kept, because servers wrote too many.",
    (set) => set(observation().lostLines),
  );
  gauge(
    "writer_queued_rows",
    "Facts that wait for the store.",
    (set) => {
      for (const [log, { queuedRows }] of writers()) set(queuedRows, { log });
    },
    ["log"],
  );
  counter(
    "writer_rows_total",
    "Facts that the store took.",
    (set) => {
      for (const [log, { writtenRows }] of writers()) set(writtenRows, { log });
    },
    ["log"],
  );
  counter(
    "writer_lost_rows_total",
    "Facts that were given up, by level.",
    (set) => {
      for (const [log, { lostRows }] of writers())
        for (const [level, rows] of Object.entries(lostRows)) set(rows, { log, level });
    },
    ["log", "level"],
  );
  gauge(
    "writer_failing",
    "1 while the store takes nothing.",
    (set) => {
      for (const [log, { isFailing }] of writers()) set(Number(isFailing), { log });
    },
    ["log"],
  );
  gauge(
    "spool_bytes",
    "Facts on this machine's disk; `waiting` are nowhere else.",
    (set) => {
      for (const [log, { spool }] of writers()) {
        if (spool === null) continue;
        set(spool.diskBytes, { log, part: "all" });
        set(spool.backlogBytes, { log, part: "waiting" });
      }
    },
    ["log", "part"],
  );
  gauge(
    "spool_working",
    "0 while the disk refuses; facts then wait in memory only.",
    (set) => {
      for (const [log, { spool }] of writers()) set(Number(spool?.isWorking ?? false), { log });
    },
    ["log"],
  );
  gauge(
    "log_canary_lag_seconds",
    "From console.log to a viewer and to the store, in the latest round.",
    (set) => {
      const { viewerLagMs, storeLagMs } = canary() ?? {};
      if (typeof viewerLagMs === "number") set(viewerLagMs / 1_000, { to: "viewer" });
      if (typeof storeLagMs === "number") set(storeLagMs / 1_000, { to: "store" });
    },
    ["to"],
  );
  counter(
    "log_canary_lines_total",
    "Canary lines by what became of them.",
    (set) => {
      const found = canary();
      if (found === null) return;
      for (const fate of ["sent", "missing", "duplicated", "reordered"] as const) set(found[fate], { fate });
    },
    ["fate"],
  );
  gauge("money_holds", "Tool calls under way for which money is set aside.", (set) => set(money().holds));
  gauge(
    "money_leased_micros",
    "Micro-USD of leases on this node; `held` are set aside for calls under way.",
    (set) => {
      const { freeMicros, heldMicros } = money();
      set(Number(freeMicros), { part: "free" });
      set(Number(heldMicros), { part: "held" });
    },
    ["part"],
  );
  counter("money_charged_micros_total", "Micro-USD that calls of this node cost.", (set) =>
    set(Number(money().chargedMicros)),
  );
  counter(
    "money_lease_trips_total",
    "Trips to the ledger, and how many of them it did not answer.",
    (set) => {
      for (const [trip, count] of Object.entries(money().trips)) set(count, { trip });
    },
    ["trip"],
  );
  counter(
    "money_denied_total",
    "Requests that a limit stopped, by the limit.",
    (set) => {
      for (const [limit, count] of Object.entries(money().denied)) set(count, { limit });
    },
    ["limit"],
  );
  gauge("log_canary_age_seconds", "Since the log canary's latest round.", (set) => {
    const found = canary();
    if (found !== null) set((clock.nowMs() - Date.parse(found.at)) / 1_000);
  });
}
