import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { operations, servers, serverVersions } from "#drizzle/schema/index.ts";
import { SmokeReport } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { type CommandCtx, command } from "../access/index.ts";
import { storeSmoke } from "../checks/index.ts";
import { getServerRow } from "../servers/index.ts";
import type { OperationKindValue } from "./operation-row.ts";

/** An operation that somebody canceled before its switch. */
export const canceledError = (): DomainError =>
  new DomainError("conflict", "Canceled before anything was switched.", { details: { canceled: true } });
export const isCanceledError = (error: DomainError): boolean => error.details.canceled === true;

/**
 * The one transaction in which traffic is switched: the server's new status and version, the smoke that allowed it, the
 * operation's mark that it switched and the audit record, or none of them. Throws `conflict` for an operation that was canceled
 * or given up meanwhile.
 */
export const switchServer = (kind: OperationKindValue) =>
  command({
    name: `deployment.${kind}.succeed`,
    scope: "deployments:write",
    input: z.object({
      operationId: z.string(),
      serverId: z.string(),
      status: z.enum(["active", "inactive"]),
      /** The version that serves from now on; null keeps the present one. */
      versionId: z.string().nullable(),
      /** What the gate saw; null when there was none. */
      smoke: SmokeReport.nullable(),
    }),
    run: async (ctx, input) => {
      const before = await getServerRow(ctx.db, ctx.organization.id, input.serverId, { lock: true });
      const now = new Date(ctx.clock.nowMs());
      await markSwitched(ctx, input.operationId, now);
      const versionId = input.versionId ?? before.activeVersionId;
      await ctx.db
        .update(servers)
        .set({
          status: input.status,
          activeVersionId: versionId,
          publishedAt: versionId === before.activeVersionId ? before.publishedAt : now,
          updatedAt: now,
        })
        .where(and(eq(servers.organizationId, before.organizationId), eq(servers.id, before.id)));
      if (versionId !== null && input.status === "active")
        await ctx.db
          .update(serverVersions)
          .set({ publishedAt: now })
          .where(
            and(
              eq(serverVersions.organizationId, before.organizationId),
              eq(serverVersions.id, versionId),
              isNull(serverVersions.publishedAt),
            ),
          );
      if (input.smoke) await storeSmoke(ctx, { ...before, activeVersionId: versionId }, input.smoke);
      return {
        value: null,
        audit: {
          entity: "server",
          entityId: before.id,
          before: { status: before.status, activeVersionId: before.activeVersionId },
          after: { status: input.status, activeVersionId: versionId, operation: input.operationId },
        },
      };
    },
  });

/** Holds the operation's row until the transaction ends, so that a cancel comes either before or too late. */
async function markSwitched(ctx: CommandCtx, operationId: string, switchedAt: Date): Promise<void> {
  const named = and(eq(operations.organizationId, ctx.organization.id), eq(operations.id, operationId));
  const [row] = await ctx.db
    .select({ state: operations.state, cancelRequestedAt: operations.cancelRequestedAt })
    .from(operations)
    .where(named)
    .for("update");
  if (row?.state !== "running")
    throw new DomainError("conflict", "The operation took too long and was given up. Run it again.", {
      retryable: true,
    });
  if (row.cancelRequestedAt !== null) throw canceledError();
  await ctx.db.update(operations).set({ switchedAt }).where(named);
}
