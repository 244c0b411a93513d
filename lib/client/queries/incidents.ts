import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  AddIncidentNote,
  CreatedIncidentShare,
  CreateIncident,
  CreateIncidentShare,
  Incident,
  IncidentActionResult,
  IncidentDetail,
  IncidentEvent,
  IncidentExportQuery,
  IncidentPage,
  IncidentShare,
  IncidentStatus,
  IncidentTimeline,
  TakeIncidentAction,
  UpdateIncident,
  WindowComparison,
} from "#lib/contract/index.ts";
import { api, apiPath, apiUrl } from "../api.ts";
import { isBeingDiagnosed } from "../being-diagnosed.ts";
import { POLL_MS } from "../polling.ts";
import { incidentsKey, OPEN_STATUSES } from "./open-incidents.ts";

/** Everything of one incident. `incident` is its number or id, as in the address. */
export const incidentKey = (org: string, incident: string) => [...incidentsKey(org), incident] as const;
const incidentPath = (org: string, incident: string, ...rest: string[]): string =>
  apiPath("organizations", org, "incidents", incident, ...rest);

export const INCIDENT_FILTERS = ["open", "resolved", "all"] as const;
export type IncidentFilter = (typeof INCIDENT_FILTERS)[number];
/** The statuses of a filter; null: every one. */
export const STATUSES_OF = {
  open: OPEN_STATUSES,
  resolved: ["resolved", "merged"],
  all: null,
} as const satisfies Record<IncidentFilter, readonly IncidentStatus[] | null>;

/** Which incidents are looked at; `server` and `agent` are ids. */
export interface IncidentListView {
  readonly status: IncidentFilter;
  readonly page: number;
  readonly server?: string | null;
  readonly agent?: string | null;
}

export const INCIDENTS_PAGE = 25;

export const incidentsQuery = (org: string, view: IncidentListView) =>
  queryOptions({
    queryKey: [...incidentsKey(org), "list", view],
    queryFn: ({ signal }) =>
      api.get<IncidentPage>(apiPath("organizations", org, "incidents"), {
        signal,
        search: { ...view, status: STATUSES_OF[view.status]?.join(","), pageSize: INCIDENTS_PAGE },
      }),
    placeholderData: keepPreviousData,
    refetchInterval: POLL_MS.page,
  });

const isOver = (incident: Pick<Incident, "status">): boolean =>
  incident.status === "resolved" || incident.status === "merged";

/** Asked often while its diagnosis is being made, and as long as it is open. */
export const incidentQuery = (org: string, incident: string) =>
  queryOptions({
    queryKey: [...incidentKey(org, incident), "self"],
    queryFn: ({ signal }) => api.get<IncidentDetail>(incidentPath(org, incident), { signal }),
    refetchInterval: ({ state }) => {
      if (state.data === undefined || isOver(state.data)) return POLL_MS.page;
      return isBeingDiagnosed(state.data, Date.now()) ? POLL_MS.operation : POLL_MS.live;
    },
  });

export const incidentEventsQuery = (org: string, incident: string) =>
  queryOptions({
    queryKey: [...incidentKey(org, incident), "events"],
    queryFn: ({ signal }) => api.get<IncidentEvent[]>(incidentPath(org, incident, "events"), { signal }),
    refetchInterval: POLL_MS.live,
  });

export const incidentTimelineQuery = (org: string, incident: string) =>
  queryOptions({
    queryKey: [...incidentKey(org, incident), "timeline"],
    queryFn: ({ signal }) => api.get<IncidentTimeline>(incidentPath(org, incident, "timeline"), { signal }),
  });

export const incidentCompareQuery = (org: string, incident: string, against: WindowComparison["against"]) =>
  queryOptions({
    queryKey: [...incidentKey(org, incident), "compare", against],
    queryFn: ({ signal }) =>
      api.get<WindowComparison>(incidentPath(org, incident, "compare"), { signal, search: { against } }),
  });

/** What one diagnosis was made of, as a file that can be saved and replayed. */
export const incidentEvidenceUrl = (org: string, incident: string, evidence: string): string =>
  apiUrl(incidentPath(org, incident, "evidence", evidence));

export const incidentSharesQuery = (org: string, incident: string) =>
  queryOptions({
    queryKey: [...incidentKey(org, incident), "shares"],
    queryFn: ({ signal }) => api.get<IncidentShare[]>(incidentPath(org, incident, "shares"), { signal }),
  });

/** Where the report is as a file. */
export const incidentExportUrl = (
  org: string,
  incident: string,
  format: z.infer<typeof IncidentExportQuery>["format"],
): string => apiUrl(incidentPath(org, incident, "export"), { format });

/** Answers with the open incident about the same where there is one. It is diagnosed before it answers. */
export const createIncident = (org: string, input: CreateIncident, idempotencyKey: string) =>
  api.post<IncidentDetail>(apiPath("organizations", org, "incidents"), input, { idempotencyKey });
export const updateIncident = (org: string, incident: string, change: z.input<typeof UpdateIncident>) =>
  api.patch<IncidentDetail>(incidentPath(org, incident), change);
/** Collects fresh evidence and judges it again. */
export const diagnoseIncident = (org: string, incident: string) =>
  api.post<IncidentDetail>(incidentPath(org, incident, "diagnose"));
export const addIncidentNote = (org: string, incident: string, note: z.input<typeof AddIncidentNote>) =>
  api.post<IncidentEvent>(incidentPath(org, incident, "notes"), note);
/** The same key again does not act a second time. */
export const takeIncidentAction = (
  org: string,
  incident: string,
  input: z.input<typeof TakeIncidentAction>,
  idempotencyKey: string,
) => api.post<IncidentActionResult>(incidentPath(org, incident, "actions"), input, { idempotencyKey });
/** `incident` ends in `into`, its id or number. */
export const mergeIncident = (org: string, incident: string, into: string) =>
  api.post<IncidentDetail>(incidentPath(org, incident, "merge"), { into });

export const createIncidentShare = (
  org: string,
  incident: string,
  input: z.input<typeof CreateIncidentShare>,
) => api.post<z.infer<typeof CreatedIncidentShare>>(incidentPath(org, incident, "shares"), input);
export const revokeIncidentShare = (org: string, incident: string, share: string) =>
  api.delete(incidentPath(org, incident, "shares", share));
