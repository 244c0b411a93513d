import { and, eq, isNull, or, sql } from "drizzle-orm";
import { agents, gatewayServers } from "#drizzle/schema/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import type { Ctx } from "../access/index.ts";
import type { ServerRow } from "../servers/index.ts";

interface Door {
  url: string;
  headers: Record<string, string>;
}

/**
 * Where a check that somebody asked for goes in: our own way, or as the agent that `as` (id or name) names. Throws
 * `not_found` for an agent that there is not.
 */
export async function doorOfCheck(
  ctx: Ctx,
  server: ServerRow,
  source: "smoke" | "dashboard",
  as: string | null,
): Promise<Door> {
  if (as === null) return ctx.doors.internalMcp(server.slug, source);
  const { db } = ctx.database;
  const [[agent], [attachment]] = await Promise.all([
    db
      .select({ id: agents.id })
      .from(agents)
      .where(
        and(
          eq(agents.organizationId, server.organizationId),
          isNull(agents.deletedAt),
          or(eq(agents.id, as), eq(sql`lower(${agents.name})`, sql`lower(${as})`)),
        ),
      ),
    db
      .select({ publicId: gatewayServers.publicId })
      .from(gatewayServers)
      .where(
        and(eq(gatewayServers.organizationId, server.organizationId), eq(gatewayServers.serverId, server.id)),
      ),
  ]);
  if (!agent) throw notFound("agent");
  const publicId = attachment?.publicId ?? null;
  return ctx.doors.agentMcp({ slug: server.slug, publicId }, source, agent.id);
}
