import { and, eq } from "drizzle-orm";
import { gateways } from "#drizzle/schema/index.ts";
import { UpdateGateway } from "#lib/contract/index.ts";
import { command } from "../access/index.ts";
import { announced } from "../servers/index.ts";
import { describeGateway, settingsOf } from "./describe-gateways.ts";
import { assertNameIsFree, GatewayRef, getGatewayRow, lockGatewaysOf } from "./gateway-row.ts";
import { assertGatewayIsSound } from "./gateway-rules.ts";

/** Changes what is named and leaves the rest; the whole must still fit together, else `invalid_input`. */
export const updateGateway = announced(
  command({
    name: "gateway.update",
    scope: "gateways:write",
    input: GatewayRef.extend(UpdateGateway.shape),
    run: async (ctx, { gateway, ...changes }) => {
      await lockGatewaysOf(ctx.db, ctx.organization.id);
      const before = await getGatewayRow(ctx.db, ctx.organization.id, gateway, { lock: true });
      assertGatewayIsSound({ ...settingsOf(before), ...changes });
      if (changes.name !== undefined)
        await assertNameIsFree(ctx.db, {
          organizationId: before.organizationId,
          name: changes.name,
          exceptId: before.id,
        });
      const [after] = await ctx.db
        .update(gateways)
        .set({
          ...changes,
          ...(changes.scopes === undefined ? {} : { scopes: [...new Set(changes.scopes)] }),
          updatedAt: new Date(ctx.clock.nowMs()),
        })
        .where(and(eq(gateways.organizationId, before.organizationId), eq(gateways.id, before.id)))
        .returning();
      const row = after ?? before;
      return {
        value: await describeGateway(ctx, row),
        audit: {
          entity: "gateway",
          entityId: row.id,
          before: settingsOf(before),
          after: settingsOf(row),
        },
      };
    },
  }),
  (gateway) => gateway.id,
);
