import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { RequestDetail, RequestFilter, SearchProgress } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { organizationKey } from "./organizations.ts";
import { serverKey, serverPath } from "./servers.ts";

export type LogFilterName = Exclude<keyof RequestFilter, "from" | "to" | "environment">;
/** What a log is asked for, as the wire writes it; lists are separated by commas. */
export type LogFilter = Readonly<Partial<Record<LogFilterName, string>>>;

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
  readonly log: "requests" | "console";
  readonly filter: LogFilter;
}

/** One page of a stored log, whatever its rows are. */
interface LogPage<Row> {
  data: Row[];
  page: number;
  pageSize: number;
  total: number;
  totalIsCapped: boolean;
  nextCursor: string | null;
  asOf: string;
  search: SearchProgress | null;
}

/** A page with the beginning of the window it was read for. */
export interface LogPageResult<Row> {
  readonly page: LogPage<Row>;
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

const pathOf = (org: string, server: string, { log }: RequestLogView): string =>
  log === "console" ? serverPath(org, server, "logs", "console") : serverPath(org, server, "logs");

/** One page of a stored log. It stays as it was read: what is newer is counted beside it, see `newerQuery`. */
export const logPageQuery = <Row>(org: string, server: string, view: RequestLogView) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "requests", view],
    queryFn: async ({ signal }): Promise<LogPageResult<Row>> => {
      const { from, to } = boundsOf(view, Date.now());
      const page = await api.get<LogPage<Row>>(pathOf(org, server, view), {
        search: { ...view.filter, from, to, page: view.page, pageSize: view.pageSize, asOf: view.asOf },
        signal,
      });
      return { page, from };
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** Everything that has the text of the filter, found step by step: each page is one step back in time, full or not. */
export const logSearchQuery = <Row>(org: string, server: string, view: RequestLogView) =>
  infiniteQueryOptions({
    queryKey: [...serverKey(org, server), "requests-search", view],
    queryFn: async ({ signal, pageParam }): Promise<LogPageResult<Row>> => {
      const from = pageParam?.from ?? boundsOf(view, Date.now()).from;
      const page = await api.get<LogPage<Row>>(pathOf(org, server, view), {
        search: {
          ...view.filter,
          from,
          to: view.to,
          pageSize: view.pageSize,
          asOf: pageParam?.asOf ?? view.asOf,
          cursor: pageParam?.cursor ?? null,
        },
        signal,
      });
      return { page, from };
    },
    initialPageParam: null as { cursor: string; from: string | null; asOf: string } | null,
    getNextPageParam: ({ page, from }) =>
      page.nextCursor === null ? null : { cursor: page.nextCursor, from, asOf: page.asOf },
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** How many more rows the window of a page holds by now; null when they are too many to count. */
export const newerQuery = (
  org: string,
  server: string,
  view: RequestLogView,
  shown: LogPageResult<unknown> | undefined,
) =>
  queryOptions({
    queryKey: [
      ...serverKey(org, server),
      "requests-newer",
      view.log,
      view.filter,
      shown?.from,
      view.to,
      shown?.page.asOf,
    ],
    queryFn: async ({ signal }): Promise<number | null> => {
      // Where the total of the page stops at its cap, only what came since is counted.
      const from = shown?.page.totalIsCapped ? shown.page.asOf : (shown?.from ?? null);
      const latest = await api.get<LogPage<unknown>>(pathOf(org, server, view), {
        search: { ...view.filter, from, to: view.to, page: 1, pageSize: 1 },
        signal,
      });
      if (shown === undefined || latest.totalIsCapped) return null;
      return shown.page.totalIsCapped ? latest.total : Math.max(0, latest.total - shown.page.total);
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
