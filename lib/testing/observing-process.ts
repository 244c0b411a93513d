import { createObservation } from "#lib/data-plane/observation/index.ts";
import { openSpoolHome } from "#lib/data-plane/spool/index.ts";
import { openDatabase } from "#lib/db/index.ts";
import type { RequestFact } from "#lib/domain/requests/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { serverEntry, testDirectory } from "./log-stream-harness.ts";
import type { ObservingOptions, ObservingReport } from "./observing.ts";

/**
 * Observes made-up console lines and requests as an edge does, in a process that can be killed. Reports on stdout what
 * it took, what is safe on disk, and how long that took. SIGTERM ends it in peace.
 */

const TICK_MS = 10;
const REPORT_MS = 100;

const options = JSON.parse(process.argv[2] ?? "{}") as ObservingOptions;
const ids = createIdSource();
const write = (level: string) => (fields: object, message: string) =>
  process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`);
const log = { debug: () => undefined, info: write("info"), warn: write("warn"), error: write("error") };
const database = openDatabase({ url: options.databaseUrl, connectionsMax: 4, applicationName: "observing" });
const spoolHome =
  options.spoolDirectory === null ? null : await openSpoolHome({ directory: options.spoolDirectory, log });
const observation = createObservation({
  database,
  directory: testDirectory(
    ...options.servers.map(({ id, retentionDays }) => serverEntry({ id, retentionDays, slug: id })),
  ),
  clock: systemClock,
  ids,
  log,
  region: "test",
  node: "observing",
  redactionKey: "test",
  spoolHome,
  ...(options.queueRowsMax === undefined ? {} : { writerBounds: { queueRowsMax: options.queueRowsMax } }),
});

const taken = { lines: 0, requests: 0 };
const kept = { lines: 0, requests: 0 };
let keptMs: number[] = [];
let isEnding = false;
const startedMs = performance.now();

const filler = `Params: {"orderId":"ord_12345","amount":12.5,"reason":"damaged in transit"}`;
const levels = ["debug", "log", "log", "log", "warn", "error"] as const;

function takeLine(n: number): void {
  const server = options.servers[n % options.servers.length];
  if (!server) return;
  observation.sink.console({
    serverId: server.id,
    versionId: "ver_1",
    timestampMs: Date.now(),
    method: levels[n % levels.length] ?? "log",
    message: `${options.run}:${n} [INFO] Tool: refund_order, ${filler}`,
    requestId: null,
  });
}

function takeRequest(n: number): void {
  const server = options.servers[n % options.servers.length];
  if (!server) return;
  const id = ids.uuid();
  observation.sink.request({
    id,
    organizationId: "org_acme",
    serverId: server.id,
    versionId: "ver_1",
    requestId: id,
    outcome: "ok",
    kind: "request",
    era: "modern",
    method: "tools/call",
    tool: "refund_order",
    source: "external",
    clientName: `${options.run}:${n}`,
    clientVersion: null,
    sessionHash: null,
    agentId: null,
    gatewayId: null,
    httpStatus: 200,
    rpcErrorCode: null,
    error: null,
    durationMs: 12,
    requestBytes: 100,
    responseBytes: 1_000,
    traceId: null,
    decision: null,
    retentionDays: server.retentionDays,
  } satisfies RequestFact);
}

const tick = (): void => {
  if (isEnding) return;
  const elapsedMs = performance.now() - startedMs;
  const due = (perSecond: number, max: number): number =>
    Math.min(max, Math.floor((elapsedMs * perSecond) / 1_000));
  const lines = due(options.linesPerSecond, options.linesMax ?? Number.POSITIVE_INFINITY);
  const requests = due(options.requestsPerSecond, options.requestsMax ?? Number.POSITIVE_INFINITY);
  if (lines === taken.lines && requests === taken.requests) return;
  while (taken.lines < lines) takeLine(taken.lines++);
  while (taken.requests < requests) takeRequest(taken.requests++);
  const takenMs = performance.now();
  void observation.kept().then(() => {
    kept.lines = Math.max(kept.lines, lines);
    kept.requests = Math.max(kept.requests, requests);
    keptMs.push(performance.now() - takenMs);
  });
};

const report = (): void => {
  const { console: lines, requests } = observation.stats();
  const told: ObservingReport = {
    taken: { ...taken },
    kept: { ...kept },
    keptMs,
    writtenLines: lines.writtenRows,
    writtenRequests: requests.writtenRows,
    lostRows: lines.lostRows,
    queuedRows: lines.queuedRows + requests.queuedRows,
    backlogBytes: (lines.spool?.backlogBytes ?? 0) + (requests.spool?.backlogBytes ?? 0),
    diskBytes: (lines.spool?.diskBytes ?? 0) + (requests.spool?.diskBytes ?? 0),
    residentBytes: process.memoryUsage().rss,
    cpuMicros: process.cpuUsage().user + process.cpuUsage().system,
  };
  keptMs = [];
  process.stdout.write(`${JSON.stringify(told)}\n`);
};

const tickTimer = setInterval(tick, TICK_MS);
const reportTimer = setInterval(report, REPORT_MS);
process.once("SIGTERM", () => {
  isEnding = true;
  clearInterval(tickTimer);
  void observation.close().then(async () => {
    clearInterval(reportTimer);
    report();
    await database.close();
  });
});
