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
    const nowMs = ctx.clock.nowMs();
    const [nodes, probes, changedAtMs, caps, crashes] = await Promise.all([
      db.select().from(edgeNodes).orderBy(desc(edgeNodes.heartbeatAt)).limit(limits.nodes.max),
      newestProbes(ctx, row),
      lastChange(ctx, row),
      planOf(ctx.database.db, row.organizationId, nowMs).then(({ caps: allowed }) =>
        capPressure(ctx.database, row, allowed, nowMs),
      ),
      crashesOf(ctx, row),
    ]);
    return { regions: regionHealth({ nodes, probes, changedAtMs, nowMs }), caps, crashes };
  },
});

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

async function crashesOf(ctx: Ctx, server: ServerRow): Promise<HostingHealth["crashes"]> {
  if (server.kind !== "hosted") return [];
  try {
    return await within(limits.operations.statusTimeoutMs, ctx.doors.runtime.crashes(server.id));
  } catch (error) {
    ctx.log.warn({ err: error, serverId: server.id }, "no edge told why runtimes ended");
    return [];
  }
}
