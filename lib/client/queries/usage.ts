import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { QuotaReport, UsageQueryInput, UsageReport } from "#lib/contract/index.ts";
import { api, apiPath, apiUrl } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";

const usagePath = (org: string, ...rest: string[]): string => apiPath("organizations", org, "usage", ...rest);

/** Which use is looked at: a window that ends now or lies between two times, and what narrows it. */
export interface UsageView extends Omit<UsageQueryInput, "from" | "to"> {
  /** Null: between `from` and `to`. */
  readonly windowMs: number | null;
  readonly from: string | null;
  readonly to: string | null;
}

const HOUR_MS = 3_600_000;

/** What the API is asked for a view at a time. A length ends with the hour under way, so that it has just its hours. */
export function usageSearchOf({ windowMs, from, to, ...rest }: UsageView, nowMs: number): UsageQueryInput {
  const endMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS;
  if (windowMs !== null) return { ...rest, from: new Date(endMs - windowMs).toISOString() };
  return { ...rest, ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
}

export const usageQuery = (org: string, view: UsageView) =>
  queryOptions({
    queryKey: [...organizationKey(org), "usage", view],
    queryFn: ({ signal }) =>
      api.get<UsageReport>(usagePath(org), { search: { ...usageSearchOf(view, Date.now()) }, signal }),
    refetchInterval: POLL_MS.page,
    placeholderData: keepPreviousData,
  });

export type QuotaView = Pick<UsageView, "windowMs" | "from" | "to">;

export const quotaQuery = (org: string, { windowMs, from, to }: QuotaView) =>
  queryOptions({
    queryKey: [...organizationKey(org), "usage-quota", { windowMs, from, to }],
    queryFn: ({ signal }) =>
      api.get<QuotaReport>(usagePath(org, "quota"), {
        search: { ...usageSearchOf({ windowMs, from, to }, Date.now()) },
        signal,
      }),
    refetchInterval: POLL_MS.page,
    placeholderData: keepPreviousData,
  });

/** The shown use as a CSV file, by the hour. */
export function usageExportUrl(org: string, view: UsageView, nowMs: number): string {
  const { compare: _compare, ...search } = usageSearchOf(view, nowMs);
  return apiUrl(usagePath(org, "export"), { ...search, format: "csv" });
}
