"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { messageOf } from "#components/shell/error-message.ts";
import { notify } from "#components/ui/notify.ts";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { runSmoke } from "#lib/client/queries/checks.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import type { SmokeResult } from "#lib/contract/index.ts";

/** Runs the smoke test of a server and says how it ended; everything that shows checks is refreshed. */
export function useRunSmoke(org: string, server: { slug: string; name: string }) {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationKey: ["run-smoke", org, server.slug],
    mutationFn: () => runSmoke(org, server.slug),
    onSuccess: (result) =>
      report(result, server.name, () => router.push(`/${org}/servers/${server.slug}/hosting#checks`)),
    onError: (error) =>
      notify.error(`The smoke of ${server.name} could not run`, { description: messageOf(error) }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
}

function report(result: SmokeResult, name: string, show: () => void): void {
  const action = { label: "View checks", onClick: show };
  if (result.status === "passed") {
    notify.success(`Smoke of ${name} passed`, {
      description: `${formatCounted(result.toolCount, "tool")} in ${formatDuration(result.durationMs)}`,
      action,
    });
    return;
  }
  notify.error(`Smoke of ${name} failed`, {
    description: result.failure
      ? `${result.failure.step}: ${result.failure.message}`
      : "No reason was given.",
    action,
  });
}
