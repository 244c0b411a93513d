import { and, count, eq, isNull } from "drizzle-orm";
import { gateways, grants } from "#drizzle/schema/index.ts";
import { CreateGateway } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type CommandCtx, command } from "../access/index.ts";
import { announced, userIdOf } from "../servers/index.ts";
import { describeGateway, settingsOf } from "./describe-gateways.ts";
import { assertNameIsFree, lockGatewaysOf } from "./gateway-row.ts";
import { assertGatewayIsSound } from "./gateway-rules.ts";

/**
 * Makes a gateway without servers. Unless `grantEveryone` is false it begins with one grant: everyone who gets in may
 * call every tool. Throws `conflict` when the name is taken, `invalid_input` when the settings do not fit together and
 * `limit_reached` when the organization is full.
 */
export const createGateway = announced(
  command({
    name: "gateway.create",
    scope: "gateways:write",
    input: CreateGateway,
    run: async (ctx, { grantEveryone, ...settings }) => {
      assertGatewayIsSound(settings);
      await lockGatewaysOf(ctx.db, ctx.organization.id);
      await assertNameIsFree(ctx.db, {
        organizationId: ctx.organization.id,
        name: settings.name,
        exceptId: null,
      });
      await requireRoom(ctx);
      const now = new Date(ctx.clock.nowMs());
      const made = { createdBy: userIdOf(ctx.actor), createdAt: now };
      const [row] = await ctx.db
        .insert(gateways)
        .values({
          ...settings,
          ...made,
          organizationId: ctx.organization.id,
          id: ctx.ids.id("gw"),
          scopes: [...new Set(settings.scopes)],
          updatedAt: now,
        })
        .returning();
      if (!row) throw new Error("inserting a gateway answered no row");
      if (grantEveryone) {
        await ctx.db.insert(grants).values({
          ...made,
          organizationId: row.organizationId,
          id: ctx.ids.id("grt"),
          gatewayId: row.id,
          subjectKind: "everyone",
          tools: ["*"],
        });
      }
      return {
        value: await describeGateway(ctx, row),
        audit: { entity: "gateway", entityId: row.id, after: { ...settingsOf(row), grantEveryone } },
      };
    },
  }),
  (gateway) => gateway.id,
);

async function requireRoom(ctx: CommandCtx): Promise<void> {
  const max = limits.gateways.perOrganizationMax;
  const [existing] = await ctx.db
    .select({ total: count() })
    .from(gateways)
    .where(and(eq(gateways.organizationId, ctx.organization.id), isNull(gateways.deletedAt)));
  if ((existing?.total ?? 0) < max) return;
  throw new DomainError(
    "limit_reached",
    `This organization has ${max} gateways, the most it may have. Delete one first.`,
  );
}
