import type { IncidentTimeline, TimelineEntry } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";

type Mark = IncidentTimeline["marks"][number];
type Traced = Extract<TimelineEntry, { source: "runtime" | "upstream" }>;

const { inferredJoinMs, errorGroupTextCharactersMax } = limits.incidents;
const cut = (text: string): string => text.slice(0, errorGroupTextCharactersMax);

export interface TraceMarks {
  readonly marks: Mark[];
  /** Ids of lines and upstream calls that name no request, and the request that they were joined to. */
  readonly joined: ReadonlyMap<string, string>;
}

/**
 * What was seen, as marks of lanes. Lines and upstream calls mostly name their request. Those that name none are joined to the one
 * call that ran then, give or take `limits.incidents.inferredJoinMs`, and marked as inferred; with several calls at that time
 * they stand alone.
 */
export function traceMarks(entries: readonly TimelineEntry[]): TraceMarks {
  const spans = entries.flatMap((entry) => {
    if (entry.source !== "gateway") return [];
    const fromMs = Date.parse(entry.row.timestamp);
    return [{ requestId: entry.row.requestId, fromMs, toMs: fromMs + entry.row.durationMs }];
  });
  const joined = new Map<string, string>();
  const marks = entries.map((entry): Mark => {
    if (entry.source === "gateway") return gatewayMark(entry);
    const own = (entry.source === "runtime" ? entry.line.requestId : entry.call.requestId) ?? null;
    const near = own === null ? onlyCallAt(spans, Date.parse(entry.at)) : null;
    const mark = traceMark(entry);
    if (near !== null) joined.set(mark.id, near);
    return {
      ...mark,
      requestId: own ?? near,
      join: own !== null ? "id" : near !== null ? "inferred" : "none",
    };
  });
  return { marks, joined };
}

function onlyCallAt(
  spans: readonly { requestId: string; fromMs: number; toMs: number }[],
  atMs: number,
): string | null {
  const near = new Set(
    spans
      .filter(({ fromMs, toMs }) => atMs >= fromMs - inferredJoinMs && atMs <= toMs + inferredJoinMs)
      .map(({ requestId }) => requestId),
  );
  const [only] = near;
  return near.size === 1 && only !== undefined ? only : null;
}

function gatewayMark({ row }: Extract<TimelineEntry, { source: "gateway" }>): Mark {
  const what = [row.method ?? row.kind, row.tool].filter((part) => part !== null).join(" ");
  return {
    id: row.id,
    lane: "gateway",
    at: row.timestamp,
    durationMs: row.durationMs,
    level: row.level,
    text: cut(`${what}: ${row.outcome}, HTTP ${row.httpStatus}${row.error === null ? "" : `: ${row.error}`}`),
    requestId: row.requestId,
    join: "id",
  };
}

const traceMark = (entry: Traced): Omit<Mark, "requestId" | "join"> =>
  entry.source === "runtime"
    ? {
        id: entry.line.id,
        lane: "runtime",
        at: entry.at,
        durationMs: null,
        level: entry.line.level,
        text: cut(entry.line.message),
      }
    : {
        id: entry.call.id,
        lane: "upstream",
        at: entry.at,
        durationMs: entry.call.durationMs,
        level: entry.call.level,
        text: cut(
          `${entry.call.method} ${entry.call.url}: ${
            entry.call.outcome === "ok" && entry.call.httpStatus !== null
              ? `HTTP ${entry.call.httpStatus}`
              : (entry.call.error ?? entry.call.outcome)
          }`,
        ),
      };
