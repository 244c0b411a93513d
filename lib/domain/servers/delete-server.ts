import { and, eq, inArray } from "drizzle-orm";
import { operations, servers } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command } from "../access/index.ts";
import { announced } from "./announce.ts";
import { getServerRow, ServerRef } from "./server-row.ts";

/**
 * Deletes a server: its URL stops answering and its slug is free again. Its history stays until its retention ends.
 * Throws `conflict` while an operation runs on it.
 */
export const deleteServer = announced(
  command({
    name: "server.delete",
    scope: "servers:write",
    input: ServerRef,
    run: async (ctx, { server }) => {
      const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
      const [running] = await ctx.db
        .select({ id: operations.id, kind: operations.kind, startedAt: operations.startedAt })
        .from(operations)
        .where(
          and(
            eq(operations.organizationId, row.organizationId),
            eq(operations.serverId, row.id),
            inArray(operations.state, ["queued", "running"]),
          ),
        );
      const startedMs = running?.startedAt?.getTime() ?? 0;
      if (running && ctx.clock.nowMs() - startedMs < limits.operations.runningMsMax)
        throw new DomainError(
          "conflict",
          `A ${running.kind} of this server is running (${running.id}). Wait for it to end.`,
          { retryable: true, details: { operationId: running.id } },
        );
      const now = new Date(ctx.clock.nowMs());
      await ctx.db
        .update(servers)
        .set({ deletedAt: now, updatedAt: now, status: "inactive" })
        .where(and(eq(servers.organizationId, row.organizationId), eq(servers.id, row.id)));
      return {
        value: { id: row.id },
        audit: {
          entity: "server",
          entityId: row.id,
          before: { slug: row.slug, name: row.name, status: row.status },
        },
      };
    },
  }),
  (deleted) => deleted.id,
);
