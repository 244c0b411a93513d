import { queryOptions } from "@tanstack/react-query";
import type { LogTimeline, ReplayResult } from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { serverKey, serverPath } from "./servers.ts";

/** Runs a tool call again as a smoke test; without `args` with those that were recorded. */
export const replayRequest = (org: string, requestId: string, args: Record<string, unknown> | null) =>
  api.post<ReplayResult>(
    apiPath("organizations", org, "requests", requestId, "replay"),
    args === null ? {} : { arguments: args },
  );

/** Whose timeline is looked at: one request's, one session's, or a window's. */
export type TimelineSubject =
  | { readonly requestId: string }
  | { readonly session: string }
  | { readonly from: string; readonly to: string };

/** What the gateway, the runtime and its upstreams wrote about one thing, with a margin on both sides. */
export const logTimelineQuery = (org: string, server: string, subject: TimelineSubject, marginMs: number) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "timeline", subject, marginMs],
    queryFn: ({ signal }) =>
      api.get<LogTimeline>(serverPath(org, server, "logs", "timeline"), {
        search: { ...subject, marginMs },
        signal,
      }),
    refetchOnWindowFocus: false,
  });
