import { and, asc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { servers } from "#drizzle/schema/index.ts";
import type { ServerListItem } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { serverStats } from "../requests/index.ts";
import { describeServers } from "./describe-servers.ts";
import { lastDay } from "./last-day.ts";

/** All servers of the organization by name, with what happened on them in the last 24 hours. */
export const listServers = query({
  name: "server.list",
  scope: "servers:read",
  input: z.object({}),
  run: async (ctx): Promise<ServerListItem[]> => {
    const { db } = ctx.database;
    const rows = await db
      .select()
      .from(servers)
      .where(and(eq(servers.organizationId, ctx.organization.id), isNull(servers.deletedAt)))
      .orderBy(asc(servers.name), asc(servers.id))
      .limit(limits.servers.listedMax);
    const day = lastDay(ctx.clock.nowMs());
    const [described, stats] = await Promise.all([
      describeServers({ ...ctx, db }, rows),
      serverStats(
        ctx.database,
        ctx.organization.id,
        rows.map((row) => row.id),
        day.fromMs,
        day.toMs,
      ),
    ]);
    return described.map((server) => {
      const seen = stats.get(server.id);
      return {
        ...server,
        calls24h: seen?.calls ?? 0,
        errorRate24h: seen?.errorRate ?? null,
        p95Ms24h: seen?.p95Ms ?? null,
      };
    });
  },
});
