import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { grants } from "#drizzle/schema/index.ts";
import { UpdateGrant } from "#lib/contract/index.ts";
import { command } from "../access/index.ts";
import { announced } from "../servers/index.ts";
import { describeGrants } from "./describe-grants.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";
import { type GrantRow, getGrantRow } from "./grant-row.ts";
import { requireWildcardRoom } from "./wildcard-room.ts";

const settingsOf = ({ tools, callsPerMinuteMax, concurrentMax }: GrantRow) => ({
  tools,
  callsPerMinuteMax,
  concurrentMax,
});

/** Changes a grant's tools or limits; what is not named stays. Whom and which server it is for stays as it is. */
export const updateGrant = announced(
  command({
    name: "grant.update",
    scope: "gateways:write",
    input: GatewayRef.extend({ grant: z.string().max(200), ...UpdateGrant.shape }),
    run: async (ctx, { gateway, grant, tools, ...caps }) => {
      const row = await getGatewayRow(ctx.db, ctx.organization.id, gateway, { lock: true });
      const before = await getGrantRow(ctx.db, row, grant);
      const changes = { ...settingsOf(before), ...caps, ...(tools ? { tools: [...new Set(tools)] } : {}) };
      if (tools) await requireWildcardRoom(ctx.db, row, { tools, grantId: before.id });
      const [after] = await ctx.db
        .update(grants)
        .set(changes)
        .where(and(eq(grants.organizationId, before.organizationId), eq(grants.id, before.id)))
        .returning();
      const [value] = await describeGrants(ctx.db, row, [after ?? before]);
      if (!value) throw new Error("a grant without a known subject was changed");
      return {
        value,
        audit: {
          entity: "grant",
          entityId: before.id,
          before: settingsOf(before),
          after: settingsOf(after ?? before),
        },
      };
    },
  }),
  (grant) => grant.id,
);
