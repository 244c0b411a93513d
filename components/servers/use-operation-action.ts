"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { messageOf } from "#components/shell/error-message.ts";
import { notify } from "#components/ui/notify.ts";
import { ApiError } from "#lib/client/api-error.ts";
import { followOperation } from "#lib/client/follow-operation.ts";
import { organizationKey } from "#lib/client/queries/organizations.ts";
import type { Operation } from "#lib/contract/index.ts";

interface OperationAction<Input> {
  org: string;
  server: { slug: string; name: string };
  act: (input: Input) => Promise<Operation>;
  /** What to say when it is done, e.g. "support-api is active". */
  done: (operation: Operation) => string;
  /** It was accepted; its steps can be watched from now on. */
  onStarted?: (operation: Operation) => void;
}

/** Starts an operation on a server, follows it, and ends in a toast that leads to it. */
export function useOperationAction<Input = void>({
  org,
  server,
  act,
  done,
  onStarted,
}: OperationAction<Input>) {
  const queryClient = useQueryClient();
  const router = useRouter();
  const viewOf = (operationId: string) => ({
    label: "View operation",
    onClick: () => router.push(`/${org}/servers/${server.slug}/hosting?operation=${operationId}#operations`),
  });
  return useMutation({
    mutationFn: async (input: Input) => {
      const started = await act(input);
      onStarted?.(started);
      return followOperation(queryClient, org, server.slug, started);
    },
    onSuccess: (operation) => {
      const action = viewOf(operation.id);
      const what = `${operation.kind} of ${server.name}`;
      if (operation.state === "failed") {
        notify.error(`The ${what} failed`, { description: operation.error ?? undefined, action });
      } else if (operation.state === "canceled") {
        notify.info(`The ${what} was canceled`, { description: "Nothing changed for callers.", action });
      } else {
        notify.success(done(operation), { action });
      }
    },
    onError: (error) => {
      const operationId = error instanceof ApiError ? error.details.operationId : undefined;
      notify.error(
        error instanceof ApiError && error.status === 0
          ? `Nobody knows how it ended on ${server.name}`
          : `Nothing changed on ${server.name}`,
        {
          description: messageOf(error),
          ...(typeof operationId === "string" ? { action: viewOf(operationId) } : {}),
        },
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: organizationKey(org) }),
  });
}
