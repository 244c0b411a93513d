import { queryOptions } from "@tanstack/react-query";
import type { GatewayLogPage } from "#lib/contract/index.ts";
import { httpLimits } from "#lib/kernel/limits/http.ts";
import { api } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { gatewayKey, gatewayPath } from "./gateways.ts";
import { boundsOf, type LogWindowView } from "./requests.ts";

/** What a gateway's log is asked for. An empty text asks for everything. */
export interface GatewayLogFilter {
  /** `allowed`, `denied`, or one reason. */
  readonly decision: string;
  /** Id or slug. */
  readonly server: string;
  /** As a decision names it: `anonymous`, `key:key_…`, `oauth:<subject>`. */
  readonly principal: string;
  readonly requestId: string;
}

export interface GatewayLogView extends LogWindowView {
  readonly filter: GatewayLogFilter;
}

/** A page with the beginning of the window it was read for. */
export interface GatewayLogResult {
  readonly page: GatewayLogPage;
  readonly from: string | null;
}

const logPath = (org: string, gateway: string): string => gatewayPath(org, gateway, "logs");

/** One page of the decisions. It stays as it was read: what is newer is counted beside it, see `newerDecisionsQuery`. */
export const gatewayLogQuery = (org: string, gateway: string, view: GatewayLogView) =>
  queryOptions({
    queryKey: [...gatewayKey(org, gateway), "logs", view],
    queryFn: async ({ signal }): Promise<GatewayLogResult> => {
      const { from, to } = boundsOf(view, Date.now());
      const page = await api.get<GatewayLogPage>(logPath(org, gateway), {
        search: { ...view.filter, from, to, page: view.page, pageSize: view.pageSize, asOf: view.asOf },
        signal,
      });
      return { page, from };
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** How many more decisions the window of a page holds by now; null when the count stops at its cap. */
export const newerDecisionsQuery = (
  org: string,
  gateway: string,
  view: GatewayLogView,
  shown: GatewayLogResult | undefined,
) =>
  queryOptions({
    queryKey: [
      ...gatewayKey(org, gateway),
      "logs-newer",
      view.filter,
      shown?.from,
      view.to,
      shown?.page.asOf,
    ],
    queryFn: async ({ signal }): Promise<number | null> => {
      const latest = await api.get<GatewayLogPage>(logPath(org, gateway), {
        search: { ...view.filter, from: shown?.from ?? null, to: view.to, page: 1, pageSize: 1 },
        signal,
      });
      if (shown === undefined || latest.totalIsCapped || shown.page.totalIsCapped) return null;
      return Math.max(0, latest.total - shown.page.total);
    },
    enabled: shown !== undefined,
    refetchInterval: POLL_MS.live,
  });

const DAY_MS = 86_400_000;

/** The newest denials of the last 24 hours, as many as one page holds. */
export const latestDenialsQuery = (org: string, gateway: string) =>
  queryOptions({
    queryKey: [...gatewayKey(org, gateway), "logs", "latest-denials"],
    queryFn: ({ signal }) =>
      api.get<GatewayLogPage>(logPath(org, gateway), {
        search: {
          decision: "denied",
          from: new Date(Date.now() - DAY_MS).toISOString(),
          page: 1,
          pageSize: httpLimits.pageSizeMax,
        },
        signal,
      }),
    refetchInterval: POLL_MS.page,
  });
