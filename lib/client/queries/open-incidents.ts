import { queryOptions } from "@tanstack/react-query";
import type { IncidentPage } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";

/** All incidents live under this key; after a change of one, invalidate it. */
export const incidentsKey = (org: string) => [...organizationKey(org), "incidents"] as const;

export const OPEN_STATUSES = ["open", "investigating"] as const;
/** How many of the open ones are named; all of them are counted. */
export const OPEN_SHOWN_MAX = 5;

/** How many are open now, with the newest of them: for the navigation and the overview. Apart, because every page loads it. */
export const openIncidentsQuery = (org: string) =>
  queryOptions({
    queryKey: [...incidentsKey(org), "open"],
    queryFn: ({ signal }) =>
      api.get<IncidentPage>(apiPath("organizations", org, "incidents"), {
        signal,
        search: { status: OPEN_STATUSES.join(","), pageSize: OPEN_SHOWN_MAX },
      }),
    refetchInterval: POLL_MS.page,
    staleTime: POLL_MS.page,
  });
