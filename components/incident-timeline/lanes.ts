import { type PartyLook, SOURCE_LOOK } from "#components/calls/source-look.ts";
import {
  inRows,
  isBadLevel,
  isInView,
  type LaneMark,
  type Span,
} from "#components/log-timeline/lane-layout.ts";
import type { IncidentMark, IncidentTimeline } from "#lib/contract/incidents.ts";

export const LANES = [
  "gateway",
  "runtime",
  "upstream",
  "ledger",
] as const satisfies readonly IncidentMark["lane"][];
export type LaneName = (typeof LANES)[number];

/** How a party of the incident looks. */
export const LANE_LOOK: Readonly<Record<LaneName, PartyLook>> = {
  gateway: SOURCE_LOOK.gateway,
  runtime: SOURCE_LOOK.runtime,
  upstream: SOURCE_LOOK.upstream,
  ledger: {
    letter: "L",
    label: "Ledger",
    chip: "bg-ledger/14 text-ledger",
    bar: "bg-ledger",
    text: "text-ledger",
  },
};

export const isBad = (mark: Pick<IncidentMark, "level" | "lane">): boolean =>
  isBadLevel(mark.lane, mark.level);

/** From when to when a mark lasted, epoch milliseconds. */
export function spanOfMark({ at, durationMs }: Pick<IncidentMark, "at" | "durationMs">): Span {
  const fromMs = Date.parse(at);
  return { fromMs, toMs: fromMs + Math.max(0, durationMs ?? 0) };
}

/** The marks of one lane, laid out on the scale of time. */
export const marksOf = (marks: readonly IncidentMark[], lane: LaneName): LaneMark[] =>
  inRows(
    marks
      .filter((mark) => mark.lane === lane)
      .map((mark) => ({ id: mark.id, ...spanOfMark(mark), isBad: isBad(mark) })),
  );

/** The whole that can be looked at: the window, or the marks where they reach beyond it. Never empty. */
export function wholeOf({ window, marks }: Pick<IncidentTimeline, "window" | "marks">): Span {
  const spans = marks.map(spanOfMark);
  const fromMs = spans.reduce((least, span) => Math.min(least, span.fromMs), Date.parse(window.from));
  const toMs = spans.reduce((most, span) => Math.max(most, span.toMs), Date.parse(window.to));
  return { fromMs, toMs: Math.max(toMs, fromMs + 1) };
}

/** What lies in view and is not hidden, in the order of time. */
export const marksInView = (
  marks: readonly IncidentMark[],
  view: Span,
  hidden: readonly LaneName[],
): IncidentMark[] =>
  marks
    .filter((mark) => isInView(spanOfMark(mark), view) && !hidden.includes(mark.lane))
    .toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));

/** The hops of a call in order, with how far it provably came. */
export const HOPS = ["gateway", "runtime", "upstream"] as const;
export type Hop = (typeof HOPS)[number];
export const wasReached = (hop: Hop, last: Hop): boolean => HOPS.indexOf(hop) <= HOPS.indexOf(last);
