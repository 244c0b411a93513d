import { and, count, desc, eq, inArray, lt, type SQL } from "drizzle-orm";
import { z } from "zod";
import { incidents } from "#drizzle/schema/index.ts";
import { type IncidentPage, IncidentQuery, IncidentStatus } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query } from "../access/index.ts";
import { getAgentRow } from "../agents/index.ts";
import { getServerRow } from "../servers/index.ts";
import { describeIncidents } from "./describe-incidents.ts";

/** Incidents, newest first, by page or by cursor, of one status or several, server or agent. Pages are pinned to `asOf`. */
export const listIncidents = query({
  name: "incident.list",
  scope: "incidents:read",
  input: IncidentQuery.extend({
    status: z.union([z.array(IncidentStatus).min(1).readonly(), IncidentQuery.shape.status]),
  }),
  run: async (ctx, { page, pageSize, cursor, asOf, status, server, agent }): Promise<IncidentPage> => {
    const { db } = ctx.database;
    const organizationId = ctx.organization.id;
    const asOfMs = asOf === undefined ? ctx.clock.nowMs() : Date.parse(asOf);
    const [serverId, agentId] = await Promise.all([serverIdOf(ctx, server), agentIdOf(ctx, agent)]);
    const pinned = and(
      eq(incidents.organizationId, organizationId),
      lt(incidents.openedAt, new Date(asOfMs + 1)),
      status === undefined ? undefined : inArray(incidents.status, status),
      serverId === null ? undefined : eq(incidents.serverId, serverId),
      agentId === null ? undefined : eq(incidents.agentId, agentId),
    );
    const offset = cursor === undefined ? (page - 1) * pageSize : 0;
    const isBeyond = offset > limits.http.pageOffsetMax;
    const [rows, [counted]] = await Promise.all([
      db
        .select()
        .from(incidents)
        .where(cursor === undefined ? pinned : and(pinned, before(cursor)))
        .orderBy(desc(incidents.id))
        .limit(pageSize + 1)
        .offset(isBeyond ? 0 : offset),
      db.select({ total: count() }).from(incidents).where(pinned),
    ]);
    const shown = isBeyond ? [] : rows.slice(0, pageSize);
    const total = counted?.total ?? 0;
    return {
      data: await describeIncidents({ ...ctx, db }, shown),
      page,
      pageSize,
      total: Math.min(total, limits.http.pageTotalMax),
      totalIsCapped: total > limits.http.pageTotalMax,
      nextCursor: !isBeyond && rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
      asOf: new Date(asOfMs).toISOString(),
    };
  },
});

/** An id needs no row: what it named may be deleted by now, its incidents stay. */
async function serverIdOf(ctx: Ctx, ref: string | undefined): Promise<string | null> {
  if (ref === undefined) return null;
  return isId("srv", ref) ? ref : (await getServerRow(ctx.database.db, ctx.organization.id, ref)).id;
}

async function agentIdOf(ctx: Ctx, ref: string | undefined): Promise<string | null> {
  if (ref === undefined) return null;
  return isId("agt", ref) ? ref : (await getAgentRow(ctx.database.db, ctx.organization.id, ref)).id;
}

function before(cursor: string): SQL {
  if (isId("inc", cursor)) return lt(incidents.id, cursor);
  const message = "This cursor is none of ours. Take nextCursor of a page as it is.";
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "cursor", code: "invalid_cursor", message }],
  });
}
