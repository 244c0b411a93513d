import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { CreateSavedView, ExportFormat, Facets, Histogram, SavedView } from "#lib/contract/index.ts";
import { api, apiUrl, type SearchValues } from "../api.ts";
import { boundsOf, type RequestLogView } from "./requests.ts";
import { serverKey, serverPath } from "./servers.ts";

/** How often counts that follow a live log are asked for. */
export const LIVE_COUNTS_POLL_MS = 10_000;

/** What is counted: the rows under the filter, whichever page is shown. */
const countedOf = ({ log, filter, windowMs, from, to, asOf }: RequestLogView) => ({
  log,
  filter,
  windowMs,
  from,
  to,
  asOf,
});

const searchOf = (view: RequestLogView): SearchValues => {
  const { from, to } = boundsOf(view, Date.now());
  return { log: view.log, ...view.filter, from, to: to ?? view.asOf };
};

/** Rows per bar of time and level. */
export const histogramQuery = (org: string, server: string, view: RequestLogView, bars: number) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "logs-counts", "histogram", countedOf(view), bars],
    queryFn: ({ signal }) =>
      api.get<Histogram>(serverPath(org, server, "logs", "histogram"), {
        search: { ...searchOf(view), bars },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** The most frequent values of each side of the rows. */
export const facetsQuery = (org: string, server: string, view: RequestLogView) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "logs-counts", "facets", countedOf(view)],
    queryFn: ({ signal }) =>
      api.get<Facets>(serverPath(org, server, "logs", "facets"), { search: searchOf(view), signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

/** Under this key are all counts of a server's logs. */
export const logCountsKey = (org: string, server: string) =>
  [...serverKey(org, server), "logs-counts"] as const;

/** Where the rows under a filter can be downloaded, as they are at `nowMs`. */
export const exportUrl = (
  org: string,
  server: string,
  view: RequestLogView,
  { format, nowMs }: { format: ExportFormat; nowMs: number },
): string => {
  const { from, to } = boundsOf(view, nowMs);
  return apiUrl(serverPath(org, server, "logs", "export"), {
    log: view.log,
    format,
    ...view.filter,
    from,
    to: to ?? view.asOf,
  });
};

export const savedViewsQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "saved-views"],
    queryFn: ({ signal }) => api.get<SavedView[]>(serverPath(org, server, "saved-views"), { signal }),
  });
export const createSavedView = (org: string, server: string, input: z.input<typeof CreateSavedView>) =>
  api.post<SavedView>(serverPath(org, server, "saved-views"), input);
export const deleteSavedView = (org: string, server: string, view: string) =>
  api.delete(serverPath(org, server, "saved-views", view));
