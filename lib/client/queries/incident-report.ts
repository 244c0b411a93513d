import { queryOptions } from "@tanstack/react-query";
import type { IncidentReport } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { incidentKey } from "./incidents.ts";

/** The report as it is now, redacted: what the files and a share link hold. */
export const incidentReportQuery = (org: string, incident: string) =>
  queryOptions({
    queryKey: [...incidentKey(org, incident), "report"],
    queryFn: ({ signal }) =>
      api.get<IncidentReport>(apiPath("organizations", org, "incidents", incident, "export"), {
        signal,
        search: { format: "json" },
      }),
  });
