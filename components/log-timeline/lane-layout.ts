import type { LogGap, LogLevel, LogTimeline, TimelineEntry } from "#lib/contract/index.ts";
import type { TimelineSource } from "./timeline-search.ts";

/** Something on a lane. */
export interface LaneMark {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly isBad: boolean;
  /** Rows of one lane lie side by side where marks overlap. */
  readonly row: number;
}

/** One line of the merged list: an entry, or a gap where it belongs. */
export type ListItem =
  | { readonly kind: "entry"; readonly id: string; readonly atMs: number; readonly entry: TimelineEntry }
  | { readonly kind: "gap"; readonly id: string; readonly atMs: number; readonly gap: LogGap };

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Rows of one lane; what does not fit is painted over the last one. */
export const LANE_ROWS = 4;

export const entryId = (entry: TimelineEntry): string =>
  entry.source === "gateway" ? entry.row.id : entry.source === "runtime" ? entry.line.id : entry.call.id;

/** From when to when an entry lasted, epoch milliseconds. */
export function spanOf(entry: TimelineEntry): Span {
  const fromMs = Date.parse(entry.at);
  const tookMs =
    entry.source === "gateway"
      ? entry.row.durationMs
      : entry.source === "upstream"
        ? entry.call.durationMs
        : 0;
  return { fromMs, toMs: fromMs + Math.max(0, tookMs) };
}

const levelOf = (entry: TimelineEntry): LogLevel =>
  entry.source === "gateway"
    ? entry.row.level
    : entry.source === "runtime"
      ? entry.line.level
      : entry.call.level;

const BAD_LEVELS: ReadonlySet<string> = new Set(["error", "warn"]);
/** Whether a level asks for a look; `warn` of a lane of calls is a call that was turned away. */
export const isBadLevel = (lane: string, level: string): boolean =>
  lane === "runtime" ? level === "error" : BAD_LEVELS.has(level);

/** The request that an entry belongs to; null when nobody knows. */
export const requestOf = (entry: TimelineEntry): string | null =>
  entry.source === "gateway"
    ? entry.row.requestId
    : entry.source === "runtime"
      ? (entry.line.requestId ?? null)
      : entry.call.requestId;

/** The marks of one source. */
export const laneOf = (entries: readonly TimelineEntry[], source: TimelineSource): LaneMark[] =>
  inRows(
    entries
      .filter((entry) => entry.source === source)
      .map((entry) => ({
        id: entryId(entry),
        ...spanOf(entry),
        isBad: isBadLevel(source, levelOf(entry)),
      })),
  );

/** Marks of one lane, in the order of time. Those in the same row do not overlap, as long as there are rows. */
export function inRows(marks: readonly Omit<LaneMark, "row">[]): LaneMark[] {
  const endsMs: number[] = [];
  return marks
    .toSorted((left, right) => left.fromMs - right.fromMs)
    .map((mark) => {
      const free = endsMs.findIndex((endMs) => endMs <= mark.fromMs);
      const row = free === -1 ? Math.min(endsMs.length, LANE_ROWS - 1) : free;
      endsMs[row] = Math.max(endsMs[row] ?? mark.toMs, mark.toMs);
      return { ...mark, row };
    });
}

/** Entries and gaps in one list, in the order of time; a gap follows what happened at the same time. */
export function mergedList({ entries, gaps }: Pick<LogTimeline, "entries" | "gaps">): ListItem[] {
  const items: ListItem[] = [
    ...entries.map(
      (entry): ListItem => ({
        kind: "entry",
        id: entryId(entry),
        atMs: Date.parse(entry.at),
        entry,
      }),
    ),
    ...gaps.map(
      (gap, index): ListItem => ({
        kind: "gap",
        id: `gap-${index}`,
        atMs: Date.parse(gap.timestamp),
        gap,
      }),
    ),
  ];
  return items.sort((left, right) => left.atMs - right.atMs);
}

/** Whether any of a span lies in view. */
export const isInView = ({ fromMs, toMs }: Span, view: Span): boolean =>
  toMs >= view.fromMs && fromMs <= view.toMs;

/** The names that are hidden once one of them is turned; null when none is. */
export function toggled<Name extends string>(hidden: readonly Name[], name: Name): Name[] | null {
  const next = hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name];
  return next.length > 0 ? next : null;
}

/** What a zoom shows of the whole: never nothing, never more than there is. */
export function zoomed(whole: Span, fromMs: number | null, toMs: number | null): Span {
  if (fromMs === null || toMs === null || toMs <= fromMs) return whole;
  const from = Math.max(whole.fromMs, fromMs);
  const to = Math.min(whole.toMs, toMs);
  return to > from ? { fromMs: from, toMs: to } : whole;
}

/** The least that can be looked at. */
const ZOOM_MS_MIN = 2;

/** A zoom by a factor about the middle of a span: below 1 closer, above 1 further; null when it is the whole again. */
export function zoomBy(whole: Span, now: Span, factor: number): Span | null {
  const middleMs = (now.fromMs + now.toMs) / 2;
  const halfMs = Math.max(ZOOM_MS_MIN, (now.toMs - now.fromMs) * factor) / 2;
  const fromMs = Math.max(whole.fromMs, Math.floor(middleMs - halfMs));
  const toMs = Math.min(whole.toMs, Math.ceil(middleMs + halfMs));
  return fromMs <= whole.fromMs && toMs >= whole.toMs ? null : { fromMs, toMs };
}
