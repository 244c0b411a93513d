"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban } from "lucide-react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { notify } from "#components/ui/notify.ts";
import {
  cancelOperation,
  isUnderWay,
  operationQuery,
  versionsQuery,
} from "#lib/client/queries/deployments.ts";
import type { Operation, Version } from "#lib/contract/index.ts";
import { OperationButton } from "./operation-button.tsx";
import { OperationLog } from "./operation-log.tsx";
import { wayTo } from "./operation-requests.ts";
import { OperationSteps } from "./operation-steps.tsx";
import { useServer } from "./server-context.tsx";

/** One operation as it goes: steps, error, log, and what can be done about it. `listed` is shown until its log is here. */
export function OperationDetails({ listed }: { listed: Operation }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const query = useQuery(operationQuery(org, server.slug, listed.id));
  const { data: versions = [] } = useQuery({
    ...versionsQuery(org, server.slug),
    enabled: server.kind === "hosted",
  });
  const known = query.data ?? listed;
  // The list may be the fresher of the two when the operation was seen to its end elsewhere.
  const operation = isUnderWay(known) && !isUnderWay(listed) ? { ...listed, log: known.log } : known;
  const underWay = isUnderWay(operation);
  const target = targetOf(operation, versions);
  const way = target === null ? null : wayTo(versions, target);
  return (
    <div className="grid gap-2 px-4 pb-3 sm:pl-10" aria-live={underWay ? "polite" : undefined}>
      <OperationSteps steps={operation.steps} error={operation.error} />
      {operation.error ? (
        <CodeBlock code={operation.error} label="error message" wrap className="border-fail/40" />
      ) : null}
      {operation.state === "failed" && server.status === "active" && server.activeVersion ? (
        <p className="text-muted text-xs">
          Nothing changed for callers: <span className="font-mono">{server.activeVersion.semver}</span> is
          serving.
        </p>
      ) : null}
      <OperationLog lines={operation.log} open={underWay || operation.state === "failed"} />
      {query.isError ? (
        <p className="text-warn text-xs">The log is not known: {query.error.message}</p>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        {underWay ? (
          <CancelButton operation={operation} />
        ) : target !== null && way !== null ? (
          <OperationButton request={{ kind: way, version: target }} />
        ) : null}
        <span className="ml-auto inline-flex min-w-0 items-center font-mono text-2xs text-faint">
          <span className="truncate">{operation.id}</span>
          <CopyButton value={operation.id} label="Copy operation id" />
        </span>
      </div>
    </div>
  );
}

/** The version to go to from an operation of the past: the one it brought, or the one before when that serves still. */
function targetOf(operation: Operation, versions: readonly Version[]): string | null {
  if (operation.state !== "succeeded" || operation.version === null) return null;
  const serves = versions.some(({ semver, active }) => active && semver === operation.version);
  return serves ? operation.previousVersion : operation.version;
}

function CancelButton({ operation }: { operation: Operation }) {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelOperation(org, server.slug, operation.id),
    onSuccess: (asked) =>
      queryClient.setQueryData(operationQuery(org, server.slug, operation.id).queryKey, asked),
    onError: (error) => notify.error("It was not canceled", { description: messageOf(error) }),
  });
  const isSwitched = operation.steps.some(({ name, state }) => name === "switch" && state !== "pending");
  // A restart begins with stopping what runs: there is no way back from there.
  const isTooLate = isSwitched || (operation.kind === "restart" && operation.state === "running");
  if (!can("deployments:write") || isTooLate) return null;
  const asked = operation.cancelRequested || cancel.isSuccess;
  return (
    <Button size="sm" pending={cancel.isPending} disabled={asked} onClick={() => cancel.mutate()}>
      {cancel.isPending ? null : <Ban aria-hidden="true" />}
      {asked ? "Canceling" : "Cancel"}
    </Button>
  );
}
