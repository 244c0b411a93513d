import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { operations } from "#drizzle/schema/index.ts";
import { type Operation, OperationStep } from "#lib/contract/index.ts";
import { DomainError, notFound, toDomainError } from "#lib/kernel/errors.ts";
import { storableText } from "#lib/kernel/text.ts";
import { actorKey, type CommandCtx, type Ctx, command } from "../access/index.ts";
import { getServerRow, type ServerRow } from "../servers/index.ts";
import {
  describeOperation,
  failAbandoned,
  OPEN_STATES,
  type OperationKindValue,
  type Step,
} from "./operation-row.ts";
import { type OperationSteps, operationSteps } from "./operation-steps.ts";

/** What one operation does. */
interface OperationPlan {
  kind: OperationKindValue;
  server: ServerRow;
  versionId: string | null;
  /** Names of the steps, in order. */
  steps: readonly string[];
  /**
   * Does the work and, by a command that ends in `succeedOperation`, commits it together with the operation's success.
   * A throw fails the operation.
   */
  work(operationId: string, steps: OperationSteps): Promise<void>;
}

/**
 * Runs one operation from its row to its end and answers it. Throws `conflict` when another one runs on the server, and
 * the error of the work once it is stored; `details.operationId` then names the operation.
 */
export async function runOperation(ctx: Ctx, plan: OperationPlan): Promise<Operation> {
  const steps = operationSteps(ctx.clock, plan.steps);
  const operationId = await beginOperation(plan.kind)(ctx, {
    serverId: plan.server.id,
    versionId: plan.versionId,
    steps: plan.steps.map((name) => ({ name, state: "pending", detail: null, durationMs: null })),
  });
  try {
    await plan.work(operationId, steps);
  } catch (error) {
    const failure = toDomainError(error);
    if (failure.code === "internal")
      ctx.log.error({ err: error, operationId }, "an operation failed unexpectedly");
    await failOperation(plan.kind)(ctx, {
      operationId,
      steps: steps.failed(),
      error: storableText(failure.message),
    });
    throw new DomainError(failure.code, failure.message, {
      errors: failure.errors,
      details: { ...failure.details, operationId },
      retryable: failure.retryable,
      cause: error,
    });
  }
  const { db } = ctx.database;
  const [row] = await db.select().from(operations).where(byId(ctx, operationId));
  if (!row) throw notFound("operation");
  return describeOperation(db, row);
}

const byId = (ctx: Pick<Ctx, "organization">, operationId: string) =>
  and(eq(operations.organizationId, ctx.organization.id), eq(operations.id, operationId));

const beginOperation = (kind: OperationKindValue) =>
  command({
    name: `deployment.${kind}`,
    scope: "deployments:write",
    input: z.object({
      serverId: z.string(),
      versionId: z.string().nullable(),
      steps: z.array(OperationStep),
    }),
    run: async (ctx, { serverId, versionId, steps }) => {
      const server = await getServerRow(ctx.db, ctx.organization.id, serverId, { lock: true });
      await failAbandoned(ctx.db, ctx.clock.nowMs(), server);
      const now = new Date(ctx.clock.nowMs());
      const [row] = await ctx.db
        .insert(operations)
        .values({
          organizationId: ctx.organization.id,
          id: ctx.ids.id("op"),
          serverId: server.id,
          kind,
          state: "running",
          versionId,
          actor: actorKey(ctx.actor),
          steps,
          createdAt: now,
          startedAt: now,
        })
        .onConflictDoNothing()
        .returning({ id: operations.id });
      if (!row) throw await alreadyRunning(ctx, server);
      return {
        value: row.id,
        audit: { entity: "operation", entityId: row.id, after: { server: server.id, versionId } },
      };
    },
  });

async function alreadyRunning(ctx: CommandCtx, server: ServerRow): Promise<DomainError> {
  const [running] = await ctx.db
    .select({ id: operations.id, kind: operations.kind })
    .from(operations)
    .where(
      and(
        eq(operations.organizationId, server.organizationId),
        eq(operations.serverId, server.id),
        inArray(operations.state, OPEN_STATES),
      ),
    );
  return new DomainError(
    "conflict",
    `One operation at a time: a ${running?.kind ?? "previous operation"} of this server is still running${running ? ` (${running.id})` : ""}. Wait for it to end.`,
    { retryable: true, details: running ? { operationId: running.id } : {} },
  );
}

/**
 * The last statement of a command that commits an operation's work: marks it as succeeded. Throws `conflict`, which
 * rolls the work back, when the operation was given up as abandoned in the meantime.
 */
export async function succeedOperation(ctx: CommandCtx, operationId: string, steps: Step[]): Promise<void> {
  const ended = await ctx.db
    .update(operations)
    .set({ state: "succeeded", steps, finishedAt: new Date(ctx.clock.nowMs()) })
    .where(and(byId(ctx, operationId), eq(operations.state, "running")))
    .returning({ id: operations.id });
  if (ended.length === 0)
    throw new DomainError("conflict", "The operation took too long and was given up. Run it again.", {
      retryable: true,
    });
}

const failOperation = (kind: OperationKindValue) =>
  command({
    name: `deployment.${kind}.fail`,
    scope: "deployments:write",
    input: z.object({ operationId: z.string(), steps: z.array(OperationStep), error: z.string() }),
    run: async (ctx, { operationId, steps, error }) => {
      await ctx.db
        .update(operations)
        .set({ state: "failed", steps, error, finishedAt: new Date(ctx.clock.nowMs()) })
        .where(and(byId(ctx, operationId), inArray(operations.state, OPEN_STATES)));
      return {
        value: null,
        audit: { entity: "operation", entityId: operationId, after: { state: "failed", error } },
      };
    },
  });
