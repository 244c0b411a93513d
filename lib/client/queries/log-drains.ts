import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  CreateLogDrain,
  DeadLetter,
  DeadLetterRetry,
  LogDrain,
  LogDrainTest,
  LogStorage,
  UpdateLogDrain,
} from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";

/** Everything about log drains lives under this key. */
export const logDrainsKey = (org: string) => [...organizationKey(org), "log-drains"] as const;

/** Asks again by itself: state and counts change while somebody looks. */
export const logDrainsQuery = (org: string) =>
  queryOptions({
    queryKey: [...logDrainsKey(org), "list"],
    queryFn: ({ signal }) => api.get<LogDrain[]>(apiPath("organizations", org, "log-drains"), { signal }),
    refetchInterval: POLL_MS.live,
  });

export const deadLettersQuery = (org: string, drain: string) =>
  queryOptions({
    queryKey: [...logDrainsKey(org), drain, "dead-letters"],
    queryFn: ({ signal }) =>
      api.get<DeadLetter[]>(apiPath("organizations", org, "log-drains", drain, "dead-letters"), { signal }),
  });

export const createLogDrain = (org: string, input: z.input<typeof CreateLogDrain>) =>
  api.post<LogDrain>(apiPath("organizations", org, "log-drains"), input);
export const updateLogDrain = (org: string, drain: string, changes: UpdateLogDrain) =>
  api.patch<LogDrain>(apiPath("organizations", org, "log-drains", drain), changes);
export const deleteLogDrain = (org: string, drain: string) =>
  api.delete(apiPath("organizations", org, "log-drains", drain));
export const testLogDrain = (org: string, drain: string) =>
  api.post<LogDrainTest>(apiPath("organizations", org, "log-drains", drain, "test"), {});
export const retryDeadLetter = (org: string, drain: string, letter: string) =>
  api.post<DeadLetterRetry>(
    apiPath("organizations", org, "log-drains", drain, "dead-letters", letter, "retry"),
    {},
  );

/** What a server's logs take, and for how long they may be kept. */
export const logStorageQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...organizationKey(org), "log-storage", server],
    queryFn: ({ signal }) =>
      api.get<LogStorage>(apiPath("organizations", org, "mcp-servers", server, "logs", "storage"), {
        signal,
      }),
  });
