import type { Operation } from "#lib/contract/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { getOperation, runQueuedOperations } from "#lib/domain/deployments/index.ts";

/** Runs what was queued, as a worker would, and answers the operation as it ended. */
export async function completed(ctx: Ctx, queued: Promise<Operation>): Promise<Operation> {
  const { id, serverId } = await queued;
  await runQueuedOperations(ctx);
  return getOperation(ctx, { server: serverId, operation: id });
}
