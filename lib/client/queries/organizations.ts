import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { AuditPage, CreateOrganization, Organization, Overview } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";

/** Everything of one organization lives under this key. */
export const organizationKey = (org: string) => ["organizations", org] as const;

export const overviewQuery = (org: string) =>
  queryOptions({
    queryKey: [...organizationKey(org), "overview"],
    queryFn: ({ signal }) => api.get<Overview>(apiPath("organizations", org, "overview"), { signal }),
    refetchInterval: POLL_MS.page,
  });

/** One page of who changed what, newest first; `asOf` keeps later pages from drifting. */
export const auditLogQuery = (org: string, page: number, asOf: string | null) =>
  queryOptions({
    queryKey: [...organizationKey(org), "audit-log", { page, asOf }],
    queryFn: ({ signal }) =>
      api.get<AuditPage>(apiPath("organizations", org, "audit-log"), { signal, search: { page, asOf } }),
    placeholderData: keepPreviousData,
  });

export const createOrganization = (input: z.input<typeof CreateOrganization>) =>
  api.post<Organization>(apiPath("organizations"), input);
export const updateOrganization = (org: string, change: { name: string }) =>
  api.patch<Organization>(apiPath("organizations", org), change);
