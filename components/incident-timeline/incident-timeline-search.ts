import { parseAsArrayOf, parseAsInteger, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { LANES } from "./lanes.ts";

/** The whole state of the tab, in its address. */
export const incidentTimelineSearch = {
  /** Calls with how far they came, or every mark in the order of time. */
  show: parseAsStringLiteral(["calls", "marks"] as const).withDefault("calls"),
  /** The part that is shown, epoch milliseconds. */
  zoomFrom: parseAsInteger,
  zoomTo: parseAsInteger,
  hide: parseAsArrayOf(parseAsStringLiteral(LANES)).withDefault([]),
  /** The request whose marks stand out. */
  focus: parseAsString,
};
