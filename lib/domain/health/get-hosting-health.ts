import { and, desc, eq } from "drizzle-orm";
import { checkRuns, edgeNodes, operations } from "#drizzle/schema/index.ts";
import { HostingCheck, type HostingHealth } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query } from "../access/index.ts";
import { planOf } from "../plans/index.ts";
import { getServerRow, ServerRef, type ServerRow, within } from "../servers/index.ts";
import { capPressure } from "./cap-pressure.ts";
import { type Probe, regionHealth } from "./region-health.ts";

/**
 * The health of a server per region, how near the last day came to the plan's caps, and the newest ends of its runtimes.
 * An edge that cannot be asked for its crashes is left out; the rest is still told.
 */
export const getHostingHealth = query({
  name: "health.hosting",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }): Promise<HostingHealth> => {
    const { db } = ctx.database;
    const row = await getServerRow(db, ctx.organization.id, server);
    const [regions, caps, crashes] = await Promise.all([
      readRegions(ctx, row),
      readCaps(ctx, row),
      readCrashes(ctx, row).catch((error: unknown) => {
        ctx.log.warn({ err: error, serverId: row.id }, "no edge told why runtimes ended");
        return [];
      }),
    ]);
    return { regions, caps, crashes };
  },
});

/** How each region is that serves the server. */
export async function readRegions(ctx: Ctx, server: ServerRow): Promise<HostingHealth["regions"]> {
  const [nodes, probes, changedAtMs] = await Promise.all([
    ctx.database.db.select().from(edgeNodes).orderBy(desc(edgeNodes.heartbeatAt)).limit(limits.nodes.max),
    newestProbes(ctx, server),
    lastChange(ctx, server),
  ]);
  return regionHealth({ nodes, probes, changedAtMs, nowMs: ctx.clock.nowMs() });
}

/** How near the last day came to the caps of the plan. */
export async function readCaps(ctx: Ctx, server: ServerRow): Promise<HostingHealth["caps"]> {
  const nowMs = ctx.clock.nowMs();
  const { caps } = await planOf(ctx.database.db, server.organizationId, nowMs);
  return capPressure(ctx.database, server, caps, nowMs);
}

/** How the runtimes of the server ended, newest first. Rejects when no edge can be asked in time. */
export async function readCrashes(ctx: Ctx, server: ServerRow): Promise<HostingHealth["crashes"]> {
  if (server.kind !== "hosted") return [];
  return within(limits.operations.statusTimeoutMs, ctx.doors.runtime.crashes(server.id));
}

/** The newest hosting checks, enough to find one of every region that was checked lately. */
async function newestProbes(ctx: Ctx, server: ServerRow): Promise<Probe[]> {
  const rows = await ctx.database.db
    .select({ result: checkRuns.result })
    .from(checkRuns)
    .where(
      and(
        eq(checkRuns.organizationId, server.organizationId),
        eq(checkRuns.serverId, server.id),
        eq(checkRuns.kind, "hosting"),
      ),
    )
    .orderBy(desc(checkRuns.id))
    .limit(limits.checks.probesLookedAtMax);
  return rows.map(({ result }) => HostingCheck.parse(result));
}

/** When the last operation changed what serves, as epoch milliseconds. */
async function lastChange(ctx: Ctx, server: ServerRow): Promise<number | null> {
  const [row] = await ctx.database.db
    .select({ finishedAt: operations.finishedAt })
    .from(operations)
    .where(
      and(
        eq(operations.organizationId, server.organizationId),
        eq(operations.serverId, server.id),
        eq(operations.state, "succeeded"),
      ),
    )
    .orderBy(desc(operations.id))
    .limit(1);
  return row?.finishedAt?.getTime() ?? null;
}
