import { and, asc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { servers } from "#drizzle/schema/index.ts";
import type { ServerListItem } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { describeServers } from "../servers/index.ts";
import { errorRate, noTraffic, p95Ms, trafficByServer } from "./traffic.ts";

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
    const [described, traffic] = await Promise.all([
      describeServers({ ...ctx, db }, rows),
      trafficByServer(db, ctx.organization.id, ctx.clock.nowMs()),
    ]);
    return described.map((server) => {
      const day = traffic.get(server.id) ?? noTraffic();
      return {
        ...server,
        calls24h: day.calls,
        errorRate24h: errorRate(day),
        p95Ms24h: p95Ms(day),
      };
    });
  },
});
