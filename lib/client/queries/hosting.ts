import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  CheckKind,
  CheckRun,
  HostingCheck,
  HostingHealth,
  ToolCallResult,
  ToolDrift,
} from "#lib/contract/index.ts";
import { api } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { serverKey, serverPath } from "./servers.ts";

/** A row per region, how near the last day came to the plan's caps, and why runtimes ended. */
export const hostingHealthQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "hosting"],
    queryFn: ({ signal }) => api.get<HostingHealth>(serverPath(org, server, "hosting"), { signal }),
    refetchInterval: POLL_MS.live,
  });

/** Earlier hosting checks with their steps, newest first. */
export const hostingChecksQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "hosting-checks"],
    queryFn: ({ signal }) => api.get<HostingCheck[]>(serverPath(org, server, "hosting-checks"), { signal }),
    refetchInterval: POLL_MS.page,
  });

/** Every stored check of a server, newest first: smokes, tool calls, hosting checks and canaries, or one kind. */
export const checkHistoryQuery = (org: string, server: string, kind?: z.infer<typeof CheckKind>) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "check-history", kind ?? "all"],
    queryFn: ({ signal }) =>
      api.get<CheckRun[]>(serverPath(org, server, "checks"), { signal, search: { kind } }),
    refetchInterval: POLL_MS.page,
  });

/** What changed in the tools since the last good version. */
export const toolDriftQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "tools", "drift"],
    queryFn: ({ signal }) => api.get<ToolDrift>(serverPath(org, server, "tools", "drift"), { signal }),
  });

/** Runs DNS, TLS, routing, runtime and tools/list on every edge. A failed check is a result, not an error. */
export const runHostingCheck = (org: string, server: string) =>
  api.post<HostingCheck>(serverPath(org, server, "hosting-checks"));
/** Runs the declared canary now; 409 when none is declared. */
export const runCanary = (org: string, server: string) =>
  api.post<ToolCallResult>(serverPath(org, server, "canary"));
