"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { type ComponentProps, useState } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { deploymentQuery, isUnderWay } from "#lib/client/queries/deployments.ts";
import { type OperationRequest, operationRequests } from "./operation-requests.ts";
import { useServer } from "./server-context.tsx";
import { useOperationAction } from "./use-operation-action.ts";

interface OperationButtonProps extends Pick<ComponentProps<typeof Button>, "size" | "variant" | "className"> {
  request: OperationRequest;
  /** Where the row already says which version it is about. */
  short?: boolean;
}

const shortLabel = { publish: "Publish", rollback: "Roll back to" } as const;

/** Starts one operation: asks first, with the server's name, closes when it was accepted and leaves its steps open. */
export function OperationButton({ request, short = false, size = "sm", ...look }: OperationButtonProps) {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const { data: deployment } = useQuery(deploymentQuery(org, server.slug));
  const [, setOpenOperation] = useQueryState("operation", parseAsString);
  const [asking, setAsking] = useState(false);
  const [accepted, setAccepted] = useState(false);
  const { label, pendingLabel, confirm, act, done } = operationRequests(org, server, request);
  const action = useOperationAction({
    org,
    server,
    act,
    done,
    onStarted: () => {
      setAsking(false);
      setAccepted(true);
      // The newest operation is the one that is open unless another one was chosen.
      void setOpenOperation(null);
    },
  });
  if (!can("deployments:write")) return null;
  const running = isUnderWay(deployment?.lastOperation) ? deployment?.lastOperation : null;
  const refused = action.isError && !accepted ? messageOf(action.error) : null;
  const start = () => {
    setAccepted(false);
    action.mutate();
  };
  return (
    <>
      <Button
        size={size}
        {...look}
        pending={action.isPending}
        disabled={running !== null}
        aria-label={
          short && "version" in request ? `${shortLabel[request.kind]} ${request.version}` : undefined
        }
        title={running ? `A ${running.kind} of this server is under way` : undefined}
        onClick={() => (confirm === null ? start() : setAsking(true))}
      >
        {action.isPending
          ? pendingLabel
          : short && "version" in request
            ? shortLabel[request.kind].split(" to")[0]
            : label}
      </Button>
      {confirm === null ? null : (
        <ConfirmDialog
          open={asking}
          onOpenChange={(open) => {
            setAsking(open);
            if (!open && !action.isPending) action.reset();
          }}
          title={confirm.title}
          confirmLabel={confirm.label}
          {...(confirm.phrase ? { phrase: confirm.phrase } : {})}
          danger={confirm.danger}
          pending={action.isPending}
          error={refused}
          onConfirm={start}
        >
          {confirm.text}
        </ConfirmDialog>
      )}
    </>
  );
}
