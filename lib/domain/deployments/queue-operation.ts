import { and, eq, inArray } from "drizzle-orm";
import type { z } from "zod";
import { operations } from "#drizzle/schema/index.ts";
import type { Operation } from "#lib/contract/index.ts";
import { CHANNELS, notify } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { type AuditRecord, actorKey, type CommandCtx, type Ctx, type Verb } from "../access/index.ts";
import type { ServerRow } from "../servers/index.ts";
import { pendingSteps } from "./operation-progress.ts";
import {
  describeOperation,
  giveUpOperations,
  OPEN_STATES,
  type OperationKindValue,
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
 * Puts an operation into the queue, as `queued`, with its audit record. For commands made by `queueing`. Throws `conflict`
 * that names the one that is still open on the server (`details.operationId`). The caller holds the lock of the server.
 */
export async function queueOperation(
  ctx: CommandCtx,
  { kind, server, versionId }: OperationOrder,
): Promise<{ value: Operation; audit: AuditRecord }> {
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
    value: await describeOperation(ctx.db, row),
    audit: { entity: "operation", entityId: row.id, after: { server: server.id, versionId } },
  };
}

/** `verb`, which changes the queue, followed by a word to the workers once its transaction is committed. */
export function queueing<Input extends z.ZodType>(verb: Verb<Input, Operation>): Verb<Input, Operation> {
  const waking = async (ctx: Ctx, input: z.input<Input>): Promise<Operation> => {
    const operation = await verb(ctx, input);
    await wakeWorkers(ctx, operation.id);
    return operation;
  };
  return Object.assign(waking, { spec: verb.spec });
}

/** Never throws: workers also look by time. */
async function wakeWorkers(ctx: Pick<Ctx, "database" | "log">, operationId: string): Promise<void> {
  try {
    await notify(ctx.database.sql, CHANNELS.operations, operationId);
  } catch (error) {
    ctx.log.warn({ err: error, operationId }, "the workers were not told of an operation; they look by time");
  }
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
