import { queryOptions } from "@tanstack/react-query";
import type { RequestDetail, RequestPage } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { organizationKey } from "./organizations.ts";
import { serverKey, serverPath } from "./servers.ts";

/** What the request log is asked for; lists as the wire writes them, separated by commas. */
export interface RequestLogFilter {
  readonly level: string;
  readonly outcome: string;
  readonly source: string;
  readonly tool: string;
}

/** Which rows of a log are looked at, before any filter. */
export interface LogWindowView {
  /** Length of the window that ends at `asOf` or now; null for a window between `from` and `to`. */
  readonly windowMs: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly page: number;
  readonly pageSize: number;
  /** Pins the pages; null: as it is now. */
  readonly asOf: string | null;
}

export interface RequestLogView extends LogWindowView {
  readonly filter: RequestLogFilter;
}

/** A page with the beginning of the window it was read for. */
export interface RequestLogResult {
  readonly page: RequestPage;
  readonly from: string | null;
}

/** How often a page asks whether there is something newer. */
const NEWER_POLL_MS = 5_000;

/** The bounds of a view at a moment. */
export const boundsOf = (view: LogWindowView, nowMs: number): { from: string | null; to: string | null } =>
  view.windowMs === null
    ? { from: view.from, to: view.to }
    : {
        from: new Date((view.asOf === null ? nowMs : Date.parse(view.asOf)) - view.windowMs).toISOString(),
        to: null,
      };

/** One page of the request log. It stays as it was read: what is newer is counted beside it, see `newerQuery`. */
export const requestLogQuery = (org: string, server: string, view: RequestLogView) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "requests", view],
    queryFn: async ({ signal }): Promise<RequestLogResult> => {
      const { from, to } = boundsOf(view, Date.now());
      const page = await api.get<RequestPage>(serverPath(org, server, "logs"), {
        search: { ...view.filter, from, to, page: view.page, pageSize: view.pageSize, asOf: view.asOf },
        signal,
      });
      return { page, from };
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** How many more requests the window of a page holds by now; null when the count stops at its cap. */
export const newerQuery = (
  org: string,
  server: string,
  view: RequestLogView,
  shown: RequestLogResult | undefined,
) =>
  queryOptions({
    queryKey: [
      ...serverKey(org, server),
      "requests-newer",
      view.filter,
      shown?.from,
      view.to,
      shown?.page.asOf,
    ],
    queryFn: async ({ signal }): Promise<number | null> => {
      const latest = await api.get<RequestPage>(serverPath(org, server, "logs"), {
        search: { ...view.filter, from: shown?.from ?? null, to: view.to, page: 1, pageSize: 1 },
        signal,
      });
      if (shown === undefined || latest.totalIsCapped || shown.page.totalIsCapped) return null;
      return Math.max(0, latest.total - shown.page.total);
    },
    enabled: shown !== undefined,
    refetchInterval: NEWER_POLL_MS,
  });

/** Everything that is stored of one call. */
export const requestQuery = (org: string, requestId: string) =>
  queryOptions({
    queryKey: [...organizationKey(org), "requests", requestId],
    queryFn: ({ signal }) =>
      api.get<RequestDetail>(apiPath("organizations", org, "requests", requestId), { signal }),
  });
