import type { ConsoleLine, LogGap, RequestRow, UpstreamCall } from "#lib/contract/index.ts";

/** Where a console line stands in its log. */
export type LinePosition = Pick<ConsoleLine, "epoch" | "seq" | "timestamp">;

/** Outcomes in which something went wrong inside the runtime, so that its silence says something. */
const FAILED_INSIDE: ReadonlySet<string> = new Set(["runtime_error", "timeout"]);
/** The gateway found no runtime to hand the call to. */
const NO_RUNTIME_STATUS = 503;

const iso = (ms: number): string => new Date(ms).toISOString();
const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;

/** Console lines and upstream calls of one request that has no row, oldest first. */
export interface Orphans {
  readonly requestId: string;
  readonly lines: number;
  readonly calls: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What each request left in the runtime's logs, by request id. */
export function tracesOf(
  lines: readonly ConsoleLine[],
  calls: readonly UpstreamCall[],
): ReadonlyMap<string, Orphans> {
  const traces = new Map<string, Orphans>();
  const note = (requestId: string | null | undefined, atMs: number, kind: "lines" | "calls") => {
    if (requestId === null || requestId === undefined) return;
    const before = traces.get(requestId) ?? { requestId, lines: 0, calls: 0, fromMs: atMs, toMs: atMs };
    traces.set(requestId, {
      ...before,
      [kind]: before[kind] + 1,
      fromMs: Math.min(before.fromMs, atMs),
      toMs: Math.max(before.toMs, atMs),
    });
  };
  for (const line of lines) note(line.requestId, line.timestamp, "lines");
  for (const call of calls) note(call.requestId, Date.parse(call.timestamp), "calls");
  return traces;
}

/** The runtime logged, the gateway did not. A request is stored when it ends, so ask only about old ones. */
export function gapWithoutGateway({ requestId, lines, calls, fromMs }: Orphans): LogGap {
  const wrote = lines > 0 ? [`wrote ${counted(lines, "line", "lines")}`] : [];
  const called = calls > 0 ? [`made ${counted(calls, "upstream call", "upstream calls")}`] : [];
  return {
    kind: "runtime_without_gateway",
    requestId,
    timestamp: iso(fromMs),
    message: `The runtime ${[...wrote, ...called].join(" and ")} for this request, and the gateway has no row of it. A stream that is still open has none yet; any other row was lost.`,
  };
}

/** True for a row whose runtime should have left a trace: it was handed over, and failed inside. */
export const shouldHaveTraces = (row: RequestRow): boolean =>
  row.version !== null &&
  row.kind === "request" &&
  FAILED_INSIDE.has(row.outcome) &&
  row.httpStatus !== NO_RUNTIME_STATUS;

/** The gateway handed a call over, and the runtime wrote nothing. Of a tool that just says nothing this is no gap. */
export const gapWithoutRuntime = (row: RequestRow): LogGap => ({
  kind: "gateway_without_runtime",
  requestId: row.requestId,
  timestamp: row.timestamp,
  message: `The gateway handed ${row.tool ?? row.method ?? "the message"} to the runtime, which wrote nothing and called nobody before it ended with ${row.outcome}. It died or hung before its first line: look at its crashes on the Hosting page.`,
});

/**
 * Numbers that are missing between the first and the last line of each epoch. `others` are lines outside of what is
 * looked at, whose numbers lie between: a line has its own time, which may be earlier or later than its neighbours'.
 */
export function missingLines(
  lines: readonly LinePosition[],
  others: readonly LinePosition[],
  olderThanMs: number,
): LogGap[] {
  const elsewhere = Map.groupBy(others, ({ epoch }) => epoch);
  const gaps: LogGap[] = [];
  for (const [epoch, ofEpoch] of Map.groupBy(lines, (line) => line.epoch)) {
    const sorted = [...ofEpoch].sort((a, b) => a.seq - b.seq);
    const away = elsewhere.get(epoch)?.map(({ seq }) => seq) ?? [];
    sorted.forEach((line, index) => {
      const next = sorted[index + 1];
      if (next === undefined || next.seq <= line.seq + 1) return;
      if (Math.max(line.timestamp, next.timestamp) > olderThanMs) return;
      const found = new Set(away.filter((seq) => seq > line.seq && seq < next.seq)).size;
      const missing = next.seq - line.seq - 1 - found;
      if (missing <= 0) return;
      gaps.push({
        kind: "lines_missing",
        requestId: null,
        timestamp: iso(line.timestamp),
        message: `${counted(missing, "line is", "lines are")} missing here: shed under load, or written while the server kept no history.`,
      });
    });
  }
  return gaps;
}
