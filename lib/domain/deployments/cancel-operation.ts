import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { operations } from "#drizzle/schema/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { describeOperation, OPEN_STATES, type OperationRow } from "./operation-row.ts";
import { queueing } from "./queue-operation.ts";

/** Throws `conflict` for an operation that ended or whose effect callers already see. */
function assertCancelable(row: OperationRow): void {
  if (!OPEN_STATES.includes(row.state))
    throw new DomainError(
      "conflict",
      `This operation has ended (${row.state}), so there is nothing to cancel.`,
    );
  if (row.switchedAt !== null)
    throw new DomainError(
      "conflict",
      "Traffic is switched already, so this operation cannot be canceled. Roll back instead.",
    );
  if (row.kind === "restart" && row.state !== "queued")
    throw new DomainError("conflict", "A restart that runs cannot be canceled. Wait for it to end.");
}

/**
 * Stops an operation before its switch: a queued one at once, a running one as soon as its worker notices. Answers the
 * operation as it is then. Throws `conflict` when it ended or has switched traffic already.
 */
export const cancelOperation = queueing(
  command({
    name: "deployment.cancel",
    scope: "deployments:write",
    input: ServerRef.extend({ operation: z.string().min(1).max(64) }),
    run: async (ctx, { server, operation }) => {
      const { id: serverId } = await getServerRow(ctx.db, ctx.organization.id, server);
      const named = and(
        eq(operations.organizationId, ctx.organization.id),
        eq(operations.serverId, serverId),
        eq(operations.id, operation),
      );
      const [row] = await ctx.db.select().from(operations).where(named).for("update");
      if (!row) throw notFound("operation");
      assertCancelable(row);
      const now = new Date(ctx.clock.nowMs());
      const [canceled] = await ctx.db
        .update(operations)
        .set({
          cancelRequestedAt: row.cancelRequestedAt ?? now,
          ...(row.state === "queued" ? { state: "canceled", finishedAt: now } : {}),
        })
        .where(named)
        .returning();
      if (!canceled) throw notFound("operation");
      return {
        value: await describeOperation(ctx.db, canceled),
        audit: {
          entity: "operation",
          entityId: row.id,
          before: { state: row.state },
          after: { cancel: true },
        },
      };
    },
  }),
);
