import {
  createLoader,
  createParser,
  parseAsArrayOf,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { parseAsTimestamp } from "#components/requests/parse-timestamp.ts";
import type { TimelineSubject } from "#lib/client/queries/calls.ts";

export const TIMELINE_SOURCES = ["gateway", "runtime", "upstream"] as const;
export type TimelineSource = (typeof TIMELINE_SOURCES)[number];

/** What is added on both sides of what is looked at, in milliseconds. */
export const MARGINS_MS = [0, 1_000, 5_000, 30_000, 60_000] as const;
const MARGIN_MS = 5_000;

const parseAsMargin = createParser({
  parse: (text) => MARGINS_MS.find((known) => String(known) === text) ?? null,
  serialize: String,
});
const matching = (pattern: RegExp) =>
  createParser({ parse: (text) => (pattern.test(text) ? text : null), serialize: (text: string) => text });

/** The whole state of the page, in its address. */
export const timelineSearch = {
  requestId: matching(/^[0-9A-Za-z_-]{1,64}$/),
  session: matching(/^[0-9a-f]{16}$/),
  from: parseAsTimestamp,
  to: parseAsTimestamp,
  margin: parseAsMargin.withDefault(MARGIN_MS),
  /** The part that the lanes and the list show, epoch milliseconds. */
  zoomFrom: parseAsInteger,
  zoomTo: parseAsInteger,
  hide: parseAsArrayOf(parseAsStringLiteral(TIMELINE_SOURCES)).withDefault([]),
  /** The request whose entries stand out. */
  focus: parseAsString,
  /** The entry that was picked. */
  entry: parseAsString,
  /** The request that is open in the drawer. */
  request: parseAsString,
};
export const loadTimelineSearch = createLoader(timelineSearch);
export type TimelineSearch = Awaited<ReturnType<typeof loadTimelineSearch>>;

/** What the address asks for; null when it names nothing. Of several names the narrowest counts. */
export function subjectOf({
  requestId,
  session,
  from,
  to,
}: Pick<TimelineSearch, "requestId" | "session" | "from" | "to">): TimelineSubject | null {
  if (requestId !== null) return { requestId };
  if (session !== null) return { session };
  if (from === null || to === null) return null;
  return Date.parse(from) <= Date.parse(to) ? { from, to } : { from: to, to: from };
}
