import { and, eq, isNull } from "drizzle-orm";
import { accessKeys, gateways } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { announced } from "../servers/index.ts";
import { attachmentsOf } from "./attachments.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";

/** How many attached servers a refusal names. */
const NAMED_MAX = 5;

/**
 * Deletes a gateway and revokes its keys; its name is free again and its log stays until the servers' retention ends.
 * Throws `conflict` while servers are behind it: deleting must not open or close their URLs unasked.
 */
export const deleteGateway = announced(
  command({
    name: "gateway.delete",
    scope: "gateways:write",
    input: GatewayRef,
    run: async (ctx, { gateway }) => {
      const row = await getGatewayRow(ctx.db, ctx.organization.id, gateway, { lock: true });
      const attached = await attachmentsOf(ctx, row.id);
      if (attached.length > 0) {
        const slugs = attached.map(({ serverSlug }) => serverSlug);
        const named = slugs.slice(0, NAMED_MAX).join(", ");
        const others = slugs.length > NAMED_MAX ? ` and ${slugs.length - NAMED_MAX} more` : "";
        throw new DomainError(
          "conflict",
          `This gateway fronts ${named}${others}. Detach ${slugs.length === 1 ? "it" : "them"} first.`,
          { details: { servers: slugs } },
        );
      }
      const now = new Date(ctx.clock.nowMs());
      await ctx.db
        .update(gateways)
        .set({ deletedAt: now, updatedAt: now })
        .where(and(eq(gateways.organizationId, row.organizationId), eq(gateways.id, row.id)));
      await ctx.db
        .update(accessKeys)
        .set({ revokedAt: now })
        .where(
          and(
            eq(accessKeys.organizationId, row.organizationId),
            eq(accessKeys.gatewayId, row.id),
            isNull(accessKeys.revokedAt),
          ),
        );
      return {
        value: { id: row.id },
        audit: { entity: "gateway", entityId: row.id, before: { name: row.name } },
      };
    },
  }),
  (deleted) => deleted.id,
);
