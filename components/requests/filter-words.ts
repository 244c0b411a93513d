import { formatBytes, formatDuration } from "#components/ui/numbers.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { LogFilterName } from "#lib/client/queries/requests.ts";
import type { Facets } from "#lib/contract/index.ts";
import { appliesTo, FILTERS, type FilterValues, type LogKind } from "./log-filters.ts";
import { lookOfOutcome } from "./outcomes.ts";

/** What each filter is called. */
export const FILTER_WORDS: Readonly<Record<LogFilterName, string>> = {
  level: "Level",
  outcome: "Outcome",
  source: "Source",
  tool: "Tool",
  method: "Method",
  client: "Client",
  agent: "Agent",
  endUser: "End user",
  gateway: "Gateway",
  region: "Region",
  version: "Version",
  requestId: "Request id",
  session: "Session",
  q: "Text",
  durationMin: "Took at least",
  durationMax: "Took at most",
  requestBytesMin: "Request at least",
  requestBytesMax: "Request at most",
  responseBytesMin: "Response at least",
  responseBytesMax: "Response at most",
};

/** One thing that is asked for, and what the filter is without it. */
export interface FilterChip {
  readonly name: LogFilterName;
  readonly text: string;
  readonly without: readonly string[] | null;
}

/** The label of a value whose id says nothing to people; the value itself where nobody knows one. */
export const labelOf = (facets: Facets | undefined, name: LogFilterName, value: string): string =>
  facets?.facets.find(({ facet }) => facet === name)?.values.find((known) => known.value === value)?.label ??
  value;

function textOf(name: LogFilterName, value: string | number, facets: Facets | undefined): string {
  if (typeof value === "number")
    return name.startsWith("duration") ? formatDuration(value) : formatBytes(value);
  if (name === "outcome") return lookOfOutcome(value).label;
  return withSigns(labelOf(facets, name, value));
}

/** Everything that narrows the log, one chip for each value. */
export function chipsOf(values: FilterValues, log: LogKind, facets: Facets | undefined): FilterChip[] {
  return FILTERS.filter((name) => appliesTo(log, name)).flatMap((name): FilterChip[] => {
    const value = values[name];
    if (value === null || value === "") return [];
    if (!Array.isArray(value))
      return [{ name, text: textOf(name, value as string | number, facets), without: null }];
    return value.map((part) => {
      const rest = value.filter((other) => other !== part);
      return { name, text: textOf(name, part, facets), without: rest.length > 0 ? rest : null };
    });
  });
}
