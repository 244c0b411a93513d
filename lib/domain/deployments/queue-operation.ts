import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { operations } from "#drizzle/schema/index.ts";
import type { Operation } from "#lib/contract/index.ts";
import { CHANNELS, notify } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { actorKey, type CommandCtx, type Ctx, command } from "../access/index.ts";
import { getServerRow, type ServerRow } from "../servers/index.ts";
import { pendingSteps } from "./operation-progress.ts";
import {
  describeOperation,
  giveUpOperations,
  OPEN_STATES,
  type OperationKindValue,
  type OperationRow,
} from "./operation-row.ts";
import { stepNamesOf } from "./operation-steps.ts";

/** What is asked for. */
interface OperationOrder {
  kind: OperationKindValue;
  server: ServerRow;
  /** The version that it is about. */
  versionId: string | null;
}

/**
 * Puts an operation into the queue and wakes the workers; answers it as `queued`. Throws `conflict` that names the one
 * that is still open on the server (`details.operationId`).
 */
export async function queueOperation(
  ctx: Ctx,
  { kind, server, versionId }: OperationOrder,
): Promise<Operation> {
  const row = await insertOperation(kind)(ctx, { serverId: server.id, versionId });
  await wakeWorkers(ctx, row.id);
  return describeOperation(ctx.database.db, row);
}

/** Never throws: workers also look by time. */
export async function wakeWorkers(ctx: Pick<Ctx, "database" | "log">, operationId: string): Promise<void> {
  try {
    await notify(ctx.database.sql, CHANNELS.operations, operationId);
  } catch (error) {
    ctx.log.warn({ err: error, operationId }, "the workers were not told of an operation; they look by time");
  }
}

const insertOperation = (kind: OperationKindValue) =>
  command({
    name: `deployment.${kind}`,
    scope: "deployments:write",
    input: z.object({ serverId: z.string(), versionId: z.string().nullable() }),
    run: async (ctx, { serverId, versionId }): Promise<{ value: OperationRow; audit: QueuedAudit }> => {
      const server = await getServerRow(ctx.db, ctx.organization.id, serverId, { lock: true });
      await giveUpOperations(ctx.db, ctx.clock.nowMs(), server);
      const [row] = await ctx.db
        .insert(operations)
        .values({
          organizationId: ctx.organization.id,
          id: ctx.ids.id("op"),
          serverId: server.id,
          kind,
          state: "queued",
          versionId,
          previousVersionId: server.activeVersionId,
          actor: actorKey(ctx.actor),
          requestId: ctx.requestId,
          steps: pendingSteps(stepNamesOf(kind, server.kind)),
          createdAt: new Date(ctx.clock.nowMs()),
        })
        .onConflictDoNothing()
        .returning();
      if (!row) throw await alreadyRunning(ctx, server);
      return {
        value: row,
        audit: { entity: "operation", entityId: row.id, after: { server: server.id, versionId } },
      };
    },
  });

interface QueuedAudit {
  entity: string;
  entityId: string;
  after: object;
}

async function alreadyRunning(ctx: CommandCtx, server: ServerRow): Promise<DomainError> {
  const [open] = await ctx.db
    .select({ id: operations.id, kind: operations.kind, state: operations.state })
    .from(operations)
    .where(
      and(
        eq(operations.organizationId, server.organizationId),
        eq(operations.serverId, server.id),
        inArray(operations.state, OPEN_STATES),
      ),
    );
  const what = open
    ? `a ${open.kind} of this server is ${open.state === "queued" ? "still queued" : "still running"} (${open.id})`
    : "another one of this server is still running";
  return new DomainError("conflict", `One operation at a time: ${what}. Wait for it to end, or cancel it.`, {
    retryable: true,
    details: open ? { operationId: open.id } : {},
  });
}
