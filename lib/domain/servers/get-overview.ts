import { and, desc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { operations, servers, serverVersions } from "#drizzle/schema/index.ts";
import type { Overview } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { query } from "../access/index.ts";
import { callsByHour, organizationP95 } from "../requests/index.ts";
import { describeServers } from "./describe-servers.ts";
import { lastDay } from "./last-day.ts";

const RECENT_OPERATIONS = 10;
const FAILING_SHOWN_MAX = 20;

/** The fleet at a glance: how many servers serve, what the last 24 hours brought, what was done, what fails. */
export const getOverview = query({
  name: "organization.overview",
  scope: "servers:read",
  input: z.object({}),
  run: async (ctx): Promise<Overview> => {
    const { db } = ctx.database;
    const organizationId = ctx.organization.id;
    const { fromMs, toMs } = lastDay(ctx.clock.nowMs());
    const rows = await db
      .select()
      .from(servers)
      .where(and(eq(servers.organizationId, organizationId), isNull(servers.deletedAt)));
    const [described, hours, p95Ms, recentOperations] = await Promise.all([
      describeServers({ ...ctx, db }, rows),
      callsByHour(ctx.database, organizationId, fromMs, toMs),
      organizationP95(ctx.database, organizationId, fromMs, toMs),
      recentOperationsOf(db, organizationId),
    ]);
    const active = described.filter((server) => server.status === "active");
    const failing = active.filter((server) => server.lastSmoke?.status === "failed");
    return {
      servers: { total: described.length, active: active.length, failing: failing.length },
      last24h: {
        calls: hours.reduce((total, hour) => total + hour.calls, 0),
        errors: hours.reduce((total, hour) => total + hour.errors, 0),
        p95Ms,
      },
      callsByHour: hours,
      recentOperations,
      failingServers: failing.slice(0, FAILING_SHOWN_MAX).map((server) => ({
        slug: server.slug,
        name: server.name,
        reason: server.lastSmoke?.error ?? "The last smoke test failed.",
      })),
    };
  },
});

async function recentOperationsOf(db: Db, organizationId: string): Promise<Overview["recentOperations"]> {
  const rows = await db
    .select({
      id: operations.id,
      kind: operations.kind,
      state: operations.state,
      at: operations.createdAt,
      serverSlug: servers.slug,
      version: serverVersions.semver,
    })
    .from(operations)
    .innerJoin(
      servers,
      and(eq(servers.organizationId, operations.organizationId), eq(servers.id, operations.serverId)),
    )
    .leftJoin(
      serverVersions,
      and(
        eq(serverVersions.organizationId, operations.organizationId),
        eq(serverVersions.id, operations.versionId),
      ),
    )
    .where(and(eq(operations.organizationId, organizationId), isNull(servers.deletedAt)))
    .orderBy(desc(operations.id))
    .limit(RECENT_OPERATIONS);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
