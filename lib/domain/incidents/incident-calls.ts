import {
  type IncidentTimeline,
  type LogGap,
  type RequestRow,
  type TimelineEntry,
  timelineOf,
} from "#lib/contract/index.ts";

type Call = IncidentTimeline["calls"][number];

/**
 * The calls of the lanes, oldest first: how far each provably came, how long it took, how much of it upstream, and what should
 * have been seen and was not. `joined` is of traces that name no request: they prove nothing, so they count for no hop.
 */
export function callsOf(
  entries: readonly TimelineEntry[],
  gaps: readonly LogGap[],
  joined: ReadonlyMap<string, string>,
): Call[] {
  const byRequest = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    const requestId = requestOf(entry);
    if (requestId === null) continue;
    const seen = byRequest.get(requestId) ?? [];
    seen.push(entry);
    byRequest.set(requestId, seen);
  }
  const inferred = new Set(joined.values());
  return [...byRequest].flatMap(([requestId, seen]): Call[] => {
    const rows = seen.flatMap((entry) => (entry.source === "gateway" ? [entry.row] : []));
    const row = worst(rows);
    if (row === undefined) return [];
    const upstream = seen.flatMap((entry) => (entry.source === "upstream" ? [entry.call] : []));
    const ofCall = gaps.filter((gap) => gap.requestId === requestId);
    const timeline = timelineOf({
      requestId,
      serverId: row.serverId,
      timestamp: row.timestamp,
      rows,
      lines: seen.flatMap((entry) => (entry.source === "runtime" ? [entry.line] : [])),
      linesAreCapped: false,
      upstream,
      upstreamIsCapped: false,
      bodies: [],
      recordsBodies: false,
      billability: [],
      gaps: ofCall,
    });
    return [
      {
        requestId,
        at: row.timestamp,
        tool: row.tool,
        outcome: row.outcome,
        lastHop: timeline.lastHop,
        durationMs: row.durationMs,
        upstreamMs: upstream.length === 0 ? null : timeline.upstreamMs,
        gap: gapOf(ofCall, inferred.has(requestId)),
      },
    ];
  });
}

/** Of several messages of one exchange, what went wrong; else the tool call. */
function worst(rows: readonly RequestRow[]): RequestRow | undefined {
  return rows.find(({ outcome }) => outcome !== "ok") ?? rows.find(({ tool }) => tool !== null) ?? rows[0];
}

function gapOf(gaps: readonly LogGap[], hasInferred: boolean): string | null {
  const words = gaps.map(({ message }) => message).join(" ");
  if (words === "") return null;
  return hasInferred ? `${words} Lines near it in time name no request; they may be its own.` : words;
}

const requestOf = (entry: TimelineEntry): string | null => {
  if (entry.source === "gateway") return entry.row.requestId;
  return (entry.source === "runtime" ? entry.line.requestId : entry.call.requestId) ?? null;
};
