import { and, eq } from "drizzle-orm";
import { gatewayServers } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { announced, getServerRow, ServerRef } from "../servers/index.ts";

/**
 * Takes a server out of its gateway: the public URL of the attachment stops answering, and the direct URL answers
 * again as the server's direct access says. Grants that name the server stay with the gateway. Throws `conflict` when
 * it is behind none.
 */
export const detachServer = announced(
  command({
    name: "gateway.detach",
    scope: "gateways:write",
    input: ServerRef,
    run: async (ctx, { server }) => {
      const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
      const [removed] = await ctx.db
        .delete(gatewayServers)
        .where(
          and(eq(gatewayServers.organizationId, row.organizationId), eq(gatewayServers.serverId, row.id)),
        )
        .returning();
      if (!removed) throw new DomainError("conflict", "This server is behind no gateway.");
      return {
        value: { serverId: row.id },
        audit: {
          entity: "server",
          entityId: row.id,
          before: { gatewayId: removed.gatewayId, publicId: removed.publicId },
          after: null,
        },
      };
    },
  }),
  (detached) => detached.serverId,
);
