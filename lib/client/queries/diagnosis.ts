import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { ReachReport } from "#lib/contract/index.ts";
import { api } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { serverKey, serverPath } from "./servers.ts";

/** Whose arrival is looked at, and when: a window that ends now, or one between two times. */
export interface ReachView {
  /** Null: between `from` and `to`. */
  readonly windowMs: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly client: string;
  readonly agent: string;
}

/** What the API is asked for a view at a time; it always names both ends of the window. */
export function reachSearchOf({ windowMs, from, to, client, agent }: ReachView, nowMs: number) {
  const end = windowMs === null ? (to ?? new Date(nowMs).toISOString()) : new Date(nowMs).toISOString();
  const start = windowMs === null ? from : new Date(nowMs - windowMs).toISOString();
  return {
    from: start ?? new Date(Date.parse(end) - DAY_MS).toISOString(),
    to: end,
    ...(client === "" ? {} : { client }),
    ...(agent === "" ? {} : { agent }),
  };
}
const DAY_MS = 86_400_000;

/** How far each client came on its way to a tool of the server. */
export const reachQuery = (org: string, server: string, view: ReachView) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "reach", view],
    queryFn: ({ signal }) =>
      api.get<ReachReport>(serverPath(org, server, "reach"), {
        signal,
        search: reachSearchOf(view, Date.now()),
      }),
    refetchInterval: POLL_MS.live,
    placeholderData: keepPreviousData,
  });
