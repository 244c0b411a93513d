import { type inferParserType, parseAsStringLiteral } from "nuqs/server";
import { filterSearch } from "#components/requests/log-filters.ts";
import { parseAsTimestamp } from "#components/requests/parse-timestamp.ts";
import type { ReachView } from "#lib/client/queries/diagnosis.ts";

const MINUTE_MS = 60_000;
const WINDOW_MS = {
  "15m": 15 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "24h": 24 * 60 * MINUTE_MS,
  "7d": 7 * 24 * 60 * MINUTE_MS,
  custom: null,
} as const;

/** The whole state of the page, in its address; windows and names are those of the request log. */
export const reachSearch = {
  window: parseAsStringLiteral(["15m", "1h", "24h", "7d", "custom"] as const).withDefault("24h"),
  from: parseAsTimestamp,
  to: parseAsTimestamp,
  client: filterSearch.client,
  agent: filterSearch.agent,
};
export type ReachSearch = inferParserType<typeof reachSearch>;

/** What the address asks the API for. */
export const reachViewOf = ({ window, from, to, client, agent }: ReachSearch): ReachView => ({
  windowMs: WINDOW_MS[window],
  from: window === "custom" ? from : null,
  to: window === "custom" ? to : null,
  client,
  agent,
});
