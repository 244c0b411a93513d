import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { grants } from "#drizzle/schema/index.ts";
import { command } from "../access/index.ts";
import { announced } from "../servers/index.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";
import { getGrantRow, subjectOf } from "./grant-row.ts";

/** Deletes a grant: what no other grant allows is denied within two seconds. */
export const deleteGrant = announced(
  command({
    name: "grant.delete",
    scope: "gateways:write",
    input: GatewayRef.extend({ grant: z.string().max(200) }),
    run: async (ctx, { gateway, grant }) => {
      const row = await getGatewayRow(ctx.db, ctx.organization.id, gateway);
      const { serverId, tools, ...before } = await getGrantRow(ctx.db, row, grant);
      await ctx.db
        .delete(grants)
        .where(and(eq(grants.organizationId, before.organizationId), eq(grants.id, before.id)));
      return {
        value: { id: before.id },
        audit: {
          entity: "grant",
          entityId: before.id,
          before: { gatewayId: row.id, subject: subjectOf(before), serverId, tools },
        },
      };
    },
  }),
  (deleted) => deleted.id,
);
