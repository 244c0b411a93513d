import { and, eq, inArray, isNull } from "drizzle-orm";
import {
  accessKeys,
  agentServers,
  gatewayServers,
  grants,
  operations,
  servers,
} from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { announced, type CommandCtx, command } from "../access/index.ts";
import { getServerRow, ServerRef, type ServerRow } from "./server-row.ts";

/**
 * Deletes a server: its URL stops answering. Its slug is free again for its own organization at once, for others after
 * `limits.servers.slugCoolingOffMs`. Its history stays until its retention ends. Throws `conflict` while an operation runs on it.
 */
export const deleteServer = announced(
  command({
    name: "server.delete",
    scope: "servers:write",
    input: ServerRef,
    run: async (ctx, { server }) => {
      const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
      const [running] = await ctx.db
        .select()
        .from(operations)
        .where(
          and(
            eq(operations.organizationId, row.organizationId),
            eq(operations.serverId, row.id),
            inArray(operations.state, ["queued", "running"]),
          ),
        );
      if (running && isWorkedOn(running, ctx.clock.nowMs()))
        throw new DomainError(
          "conflict",
          `A ${running.kind} of this server is ${running.state} (${running.id}). Wait for it to end, or cancel it.`,
          { retryable: true, details: { operationId: running.id } },
        );
      const now = new Date(ctx.clock.nowMs());
      await closeAccess(ctx, row, now);
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

/** Whether an open operation still waits for a worker or has one that lives. */
function isWorkedOn(operation: typeof operations.$inferSelect, nowMs: number): boolean {
  const { queuedMsMax, silentMs } = limits.operations;
  const sinceMs = (operation.heartbeatAt ?? operation.startedAt ?? operation.createdAt).getTime();
  return nowMs - sinceMs < (operation.state === "queued" ? queuedMsMax : silentMs);
}

/** Nothing leads to a deleted server: its public URL, its agents, its keys and the grants that name it go with it. */
async function closeAccess(ctx: CommandCtx, row: ServerRow, now: Date): Promise<void> {
  const { organizationId } = row;
  await ctx.db
    .delete(gatewayServers)
    .where(and(eq(gatewayServers.organizationId, organizationId), eq(gatewayServers.serverId, row.id)));
  await ctx.db
    .delete(agentServers)
    .where(and(eq(agentServers.organizationId, organizationId), eq(agentServers.serverId, row.id)));
  await ctx.db
    .delete(grants)
    .where(and(eq(grants.organizationId, organizationId), eq(grants.serverId, row.id)));
  await ctx.db
    .update(accessKeys)
    .set({ revokedAt: now })
    .where(
      and(
        eq(accessKeys.organizationId, organizationId),
        eq(accessKeys.serverId, row.id),
        isNull(accessKeys.revokedAt),
      ),
    );
}
