import { NO_NUMBER } from "#components/ui/numbers.ts";
import type { CompareDimension, Shift, WindowComparison } from "#lib/contract/comparisons.ts";

export const AGAINST = ["previous", "day", "week"] as const satisfies readonly WindowComparison["against"][];
export const AGAINST_WORDS: Readonly<Record<WindowComparison["against"], { label: string; text: string }>> = {
  previous: { label: "Time before", text: "the same time just before" },
  day: { label: "Yesterday", text: "the same hours yesterday" },
  week: { label: "Last week", text: "the same hours last week" },
};

export const DIMENSION_WORDS: Readonly<Record<CompareDimension, string>> = {
  client: "Client",
  agent: "Agent",
  source: "Source",
  tool: "Tool",
  key: "Key",
  region: "Region",
  version: "Version",
  outcome: "Outcome",
  size: "Response size",
};

/** A share or rate that moved, in points of percent: `+12.4 pp`, `−3 pp`; nothing false precise. */
export function pointsText(change: number | null): string {
  if (change === null) return NO_NUMBER;
  const points = change * 100;
  const rounded = Math.abs(points) < 10 ? Math.round(points * 10) / 10 : Math.round(points);
  if (rounded === 0) return "no change";
  return `${rounded > 0 ? "+" : "−"}${Math.abs(rounded)}\u202fpp`;
}

const P_SMALLEST = 0.001;
/** How surprising, as statisticians write it. */
export const pText = (pValue: number): string =>
  pValue < P_SMALLEST ? `p < ${P_SMALLEST}` : `p = ${pValue.toFixed(pValue < 0.01 ? 3 : 2)}`;

/** Names that a filter of the request log has for a dimension; others have no log of their own. */
const LOG_FILTERS: Readonly<Partial<Record<CompareDimension, string>>> = {
  client: "client",
  agent: "agent",
  source: "source",
  tool: "tool",
  region: "region",
  version: "version",
  outcome: "outcome",
};

/** The calls of a shift in the request log of the server; null for what cannot be filtered by. */
export function shiftHref(
  org: string,
  server: string,
  { dimension, key }: Pick<Shift, "dimension" | "key">,
  { from, to }: WindowComparison["window"],
): string | null {
  const filter = LOG_FILTERS[dimension];
  if (filter === undefined || key === "") return null;
  const search = new URLSearchParams({ window: "custom", from, to, [filter]: key });
  return `/${org}/servers/${server}/logs?${search}`;
}

/** Dimensions that were looked at and did not move. */
export const unmoved = ({ dimensions, shifts }: Pick<WindowComparison, "dimensions" | "shifts">) =>
  dimensions.filter((dimension) => !shifts.some((shift) => shift.dimension === dimension));

/** The share of failing calls; null without calls. */
export const errorRate = ({ calls, errors }: { calls: number; errors: number }): number | null =>
  calls === 0 ? null : errors / calls;
