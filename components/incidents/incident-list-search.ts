import { type inferParserType, parseAsInteger, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { INCIDENT_FILTERS, type IncidentListView } from "#lib/client/queries/incidents.ts";

/** Which incidents the list shows, as its address holds it. `server` and `agent` are ids. */
export const incidentListSearch = {
  status: parseAsStringLiteral(INCIDENT_FILTERS).withDefault("open"),
  server: parseAsString,
  agent: parseAsString,
  page: parseAsInteger.withDefault(1),
};
export type IncidentListSearch = inferParserType<typeof incidentListSearch>;

export const viewOfSearch = ({ page, ...search }: IncidentListSearch): IncidentListView => ({
  ...search,
  page: Math.max(1, page),
});
