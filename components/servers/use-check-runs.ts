"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "#components/shell/error-message.ts";
import { notify } from "#components/ui/notify.ts";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { runCanary, runHostingCheck } from "#lib/client/queries/hosting.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import type { HostingCheck, ToolCallResult } from "#lib/contract/index.ts";

interface CheckedServer {
  slug: string;
  name: string;
}

function useCheck<Result>(
  org: string,
  server: CheckedServer,
  what: string,
  run: () => Promise<Result>,
  report: (result: Result) => void,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: report,
    onError: (error) =>
      notify.error(`The ${what} of ${server.name} could not run`, { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
}

/** Runs the hosting check of a server on every edge and says how it ended. */
export const useRunHostingCheck = (org: string, server: CheckedServer) =>
  useCheck(
    org,
    server,
    "hosting check",
    () => runHostingCheck(org, server.slug),
    (check: HostingCheck) => {
      const failed = check.regions.flatMap(({ region, steps }) =>
        steps
          .filter(({ status }) => status === (check.status === "failed" ? "failed" : "warned"))
          .map(({ name, detail }) => `${region}: ${name}: ${detail}`),
      );
      const description =
        failed[0] ?? `${formatCounted(check.regions.length, "edge")} in ${formatDuration(check.durationMs)}`;
      if (check.status === "failed") notify.error(`Checks of ${server.name} failed`, { description });
      else if (check.status === "warned")
        notify.info(`Checks of ${server.name} passed with warnings`, { description });
      else notify.success(`Checks of ${server.name} passed`, { description });
    },
  );

/** Calls the declared canary of a server and says how it ended. */
export const useRunCanary = (org: string, server: CheckedServer) =>
  useCheck(
    org,
    server,
    "canary",
    () => runCanary(org, server.slug),
    (result: ToolCallResult) => {
      if (result.status === "passed") {
        notify.success(`Canary of ${server.name} passed`, {
          description: `${result.tool} in ${formatDuration(result.durationMs)}`,
        });
      } else {
        notify.error(`Canary of ${server.name} failed`, {
          description: result.failure
            ? `${result.failure.step}: ${result.failure.message}`
            : `${result.tool} answered with an error.`,
        });
      }
    },
  );
