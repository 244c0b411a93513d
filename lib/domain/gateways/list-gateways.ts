import { and, asc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { gateways } from "#drizzle/schema/index.ts";
import type { GatewayListItem } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { gatewayStats } from "../requests/index.ts";
import { lastDay } from "../servers/index.ts";
import { describeGateways } from "./describe-gateways.ts";

/** All gateways of the organization by name, with what they decided in the last 24 hours. */
export const listGateways = query({
  name: "gateway.list",
  scope: "gateways:read",
  input: z.object({}),
  run: async (ctx): Promise<GatewayListItem[]> => {
    const { db } = ctx.database;
    const rows = await db
      .select()
      .from(gateways)
      .where(and(eq(gateways.organizationId, ctx.organization.id), isNull(gateways.deletedAt)))
      .orderBy(asc(gateways.name), asc(gateways.id))
      .limit(limits.gateways.listedMax);
    const [described, stats] = await Promise.all([
      describeGateways({ ...ctx, db }, rows),
      gatewayStats(ctx.database, ctx.organization.id, lastDay(ctx.clock.nowMs())),
    ]);
    return described.map((gateway) => {
      const seen = stats.get(gateway.id);
      return { ...gateway, calls24h: seen?.calls ?? 0, denied24h: seen?.denied ?? 0 };
    });
  },
});
