import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { operations } from "#drizzle/schema/index.ts";
import { OperationKind, OperationLogLine, OperationStep } from "#lib/contract/index.ts";
import { storableText } from "#lib/kernel/text.ts";
import { type Ctx, command } from "../access/index.ts";
import type { Step } from "./operation-row.ts";

const End = z.object({
  kind: OperationKind,
  operationId: z.string(),
  state: z.enum(["succeeded", "failed", "canceled"]),
  steps: z.array(OperationStep),
  log: z.array(OperationLogLine),
  error: z.string().nullable(),
});

interface Progress {
  steps: readonly Step[];
  log: readonly OperationLogLine[];
}

const AUDIT_WORD = { succeeded: "succeed", failed: "fail", canceled: "cancel" } as const;

/** Stores how an operation ended that switched nothing, with its audit record. One that was given up stays as it is. */
export async function endOperation(
  ctx: Ctx,
  end: Omit<z.input<typeof End>, keyof Progress> & Progress,
): Promise<void> {
  const store = command({
    name: `deployment.${end.kind}.${AUDIT_WORD[end.state]}`,
    scope: "deployments:write",
    input: End,
    run: async (commandCtx, { operationId, state, steps, log, error }) => {
      await commandCtx.db
        .update(operations)
        .set({
          // Whose connection broke in the moment of its switch cannot know that it succeeded.
          state: sql`case when ${operations.switchedAt} is null then ${state} else 'succeeded' end`,
          error: sql`case when ${operations.switchedAt} is null then ${error}::text end`,
          steps,
          log,
          finishedAt: new Date(ctx.clock.nowMs()),
        })
        .where(runningOperation(ctx, operationId));
      return {
        value: null,
        audit: {
          entity: "operation",
          entityId: operationId,
          after: { state, ...(error === null ? {} : { error }) },
        },
      };
    },
  });
  await store(ctx, {
    ...end,
    steps: [...end.steps],
    log: [...end.log],
    error: end.error === null ? null : storableText(end.error),
  });
}

/** Stores the end of an operation whose switch is committed, and audited with it. */
export async function finishSwitched(ctx: Ctx, end: { operationId: string } & Progress): Promise<void> {
  await ctx.database.db
    .update(operations)
    .set({
      state: "succeeded",
      steps: [...end.steps],
      log: [...end.log],
      finishedAt: new Date(ctx.clock.nowMs()),
    })
    .where(runningOperation(ctx, end.operationId));
}

const runningOperation = (ctx: Pick<Ctx, "organization">, operationId: string) =>
  and(
    eq(operations.organizationId, ctx.organization.id),
    eq(operations.id, operationId),
    eq(operations.state, "running"),
  );
