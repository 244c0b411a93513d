import {
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
  type ValuesOf,
} from "#lib/client/address/parsers.ts";
import { INCIDENT_FILTERS, type IncidentListView } from "#lib/client/queries/incidents.ts";

/** Which incidents the list shows, as its address holds it. `server` and `agent` are ids. */
export const incidentListSearch = {
  status: parseAsStringLiteral(INCIDENT_FILTERS).withDefault("open"),
  server: parseAsString,
  agent: parseAsString,
  page: parseAsInteger.withDefault(1),
};
export type IncidentListSearch = ValuesOf<typeof incidentListSearch>;

export const viewOfSearch = ({ page, ...search }: IncidentListSearch): IncidentListView => ({
  ...search,
  page: Math.max(1, page),
});
