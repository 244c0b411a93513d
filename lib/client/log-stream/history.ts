import type { ConsoleContext, ConsoleLogPage } from "#lib/contract/index.ts";
import type { StoredLine } from "./history-rows.ts";
import type { GapRow } from "./rows.ts";

/** What is asked of the stored lines of a server. Times are RFC 3339. */
export interface HistoryQuery {
  readonly epoch?: string;
  readonly seqFrom?: number;
  readonly seqTo?: number;
  readonly from?: string;
  readonly to?: string;
  readonly pageSize?: number;
  readonly cursor?: string;
}

/** The stored lines of a server, as its REST API gives them. Calls reject with an error whose message is for people. */
export interface LogHistory {
  /** Newest first. */
  lines(query: HistoryQuery, signal: AbortSignal): Promise<Pick<ConsoleLogPage, "data" | "nextCursor">>;
  context(
    query: { readonly line: string; readonly before: number; readonly after: number },
    signal: AbortSignal,
  ): Promise<ConsoleContext>;
}

/** A line that a link names. */
export interface LinePlace {
  readonly epoch: string;
  readonly seq: number;
  readonly timestampMs: number;
}

const PLACE = /^([0-9A-Za-z_-]{1,64})\.(\d{1,15})\.(\d{1,15})$/;

/** The place in a link, or null when it is none. */
export function parsePlace(text: string): LinePlace | null {
  const match = PLACE.exec(text);
  if (match === null) return null;
  return { epoch: match[1] ?? "", seq: Number(match[2]), timestampMs: Number(match[3]) };
}

/** Module scope has no clock; its lines are then looked for by their number alone. */
export const placeText = ({ epoch, seq, timestampMs }: LinePlace): string =>
  `${epoch}.${seq}.${Math.max(0, Math.floor(timestampMs))}`;

/** What went wrong, in words for people. */
export const historyFailure = (error: unknown): string =>
  error instanceof Error && error.message !== "" ? error.message : "The history cannot be read now.";

const DAY_MS = 86_400_000;
/** Lines of one stream come nearly in the order of their times; this far beside a gap they are looked for. */
const BESIDE_GAP_MS = 10_000;

const timeText = (ms: number): string => new Date(Math.max(0, Math.floor(ms))).toISOString();

/** Everything that may still be kept, from now back. */
export const keptFrom = (nowMs: number, retentionDays: number): string =>
  timeText(nowMs - (retentionDays + 1) * DAY_MS);

/** What to ask for the lines of a gap. */
export function gapQuery(gap: GapRow, nowMs: number, retentionDays: number): HistoryQuery {
  return {
    epoch: gap.epoch,
    seqFrom: gap.from,
    seqTo: gap.to,
    from: gap.afterMs === null ? keptFrom(nowMs, retentionDays) : timeText(gap.afterMs - BESIDE_GAP_MS),
    to: timeText((gap.untilMs ?? nowMs) + BESIDE_GAP_MS),
  };
}

/** What to ask for lines not newer than one written at `timestampMs`. */
export const olderQuery = (timestampMs: number, nowMs: number, retentionDays: number): HistoryQuery => ({
  from: keptFrom(nowMs, retentionDays),
  to: timeText(timestampMs + 1),
});

/** Asks page after page until `linesMax` lines are there or there are no more. Oldest first. */
export async function readHistory(
  history: LogHistory,
  query: HistoryQuery,
  bounds: { readonly linesMax: number; readonly pageSize: number; readonly signal: AbortSignal },
  wanted: (line: StoredLine) => boolean = () => true,
): Promise<{ readonly lines: StoredLine[]; readonly cursor: string | null }> {
  const lines: StoredLine[] = [];
  let cursor: string | null = query.cursor ?? null;
  do {
    const { pageSize, signal } = bounds;
    const page = await history.lines({ ...query, pageSize, ...(cursor === null ? {} : { cursor }) }, signal);
    for (const { id: _id, version: _version, epoch, ...entry } of page.data) {
      const line = { epoch, entry };
      if (wanted(line)) lines.push(line);
    }
    cursor = page.nextCursor;
  } while (cursor !== null && lines.length < bounds.linesMax);
  return { lines: lines.reverse(), cursor };
}
