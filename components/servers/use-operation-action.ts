"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { messageOf } from "#components/shell/error-message.ts";
import { notify } from "#components/ui/notify.ts";
import { ApiError } from "#lib/client/api-error.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import type { Operation } from "#lib/contract/index.ts";

interface OperationAction<Input> {
  org: string;
  server: { slug: string; name: string };
  act: (input: Input) => Promise<Operation>;
  /** What to say when it is done, e.g. "support-api is active". */
  done: (operation: Operation) => string;
  onDone?: () => void;
}

/** Starts an operation on a server, and ends in a toast that leads to it. */
export function useOperationAction<Input = void>({ org, server, act, done, onDone }: OperationAction<Input>) {
  const queryClient = useQueryClient();
  const router = useRouter();
  const viewOf = (operationId: string) => ({
    label: "View operation",
    onClick: () => router.push(`/${org}/servers/${server.slug}/hosting?operation=${operationId}#operations`),
  });
  return useMutation({
    mutationFn: act,
    onSuccess: (operation) => {
      onDone?.();
      const action = viewOf(operation.id);
      if (operation.state === "failed") {
        notify.error(`${operation.kind} of ${server.name} failed`, {
          description: operation.error ?? undefined,
          action,
        });
      } else {
        notify.success(done(operation), { action });
      }
    },
    onError: (error) => {
      const operationId = error instanceof ApiError ? error.details.operationId : undefined;
      notify.error(`Nothing changed on ${server.name}`, {
        description: messageOf(error),
        ...(typeof operationId === "string" ? { action: viewOf(operationId) } : {}),
      });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
}
