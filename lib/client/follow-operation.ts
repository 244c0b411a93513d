import type { QueryClient } from "@tanstack/react-query";
import type { Deployment, Operation } from "#lib/contract/index.ts";
import { operationLimits } from "#lib/kernel/limits/operations.ts";
import { ApiError } from "./api-error.ts";
import { POLL_MS } from "./polling.ts";
import { deploymentQuery, isUnderWay, operationQuery, operationsQuery } from "./queries/deployments.ts";

/** Longer than an operation may wait and run; after it nobody works on it any more. */
const FOLLOW_MS_MAX = operationLimits.queuedMsMax + operationLimits.runningMsMax;

/** Whether callers already meet the result: it ended, or traffic is switched and only earlier calls still finish. */
const hasTakenEffect = (operation: Operation): boolean =>
  !isUnderWay(operation) ||
  operation.steps.some((step) => step.name === "switch" && step.state === "succeeded");

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Asks for an operation until it has taken effect, was canceled or failed, and answers it. Every look is shown by
 * whatever lists operations, and told to `onLook`. A connection that comes back is no failure; throws ApiError when the operation cannot be
 * asked for, or is still under way after the time that one may take.
 */
export async function followOperation(
  client: QueryClient,
  org: string,
  server: string,
  started: Operation,
  onLook: (operation: Operation) => void = () => {},
): Promise<Operation> {
  const deadlineMs = Date.now() + FOLLOW_MS_MAX;
  let latest = started;
  showOperation(client, org, server, latest);
  onLook(latest);
  while (!hasTakenEffect(latest)) {
    if (Date.now() > deadlineMs) {
      throw new ApiError("The operation is still under way. Its steps show how far it is.", {
        status: 0,
        code: "timeout",
        details: { operationId: latest.id },
      });
    }
    await wait(POLL_MS.steps);
    try {
      latest = await client.fetchQuery({ ...operationQuery(org, server, started.id), staleTime: 0 });
      showOperation(client, org, server, latest);
      onLook(latest);
    } catch (error) {
      if (!(error instanceof ApiError && error.retryable)) throw error;
    }
  }
  return latest;
}

/** Puts what is known of an operation into the answers that hold it, so that nothing waits for its next refresh. */
function showOperation(client: QueryClient, org: string, server: string, operation: Operation): void {
  client.setQueryData<Operation[]>(
    operationsQuery(org, server).queryKey,
    (known) => known && [operation, ...known.filter(({ id }) => id !== operation.id)],
  );
  client.setQueryData<Deployment>(
    deploymentQuery(org, server).queryKey,
    (known) => known && { ...known, lastOperation: operation },
  );
}
