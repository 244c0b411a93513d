import type { z } from "zod";
import type { UsageFilter } from "#lib/contract/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import type { Ctx } from "../access/index.ts";
import type { UsageConditions } from "./usage-cells.ts";

/** How a filter names calls without an agent, and clients without a name. */
const NONE = "none";

/**
 * A filter by the keys of the counts. Servers and agents that were deleted may be named by their id. Throws `not_found` for a
 * server or an agent that is not the organization's.
 */
export async function usageConditions(
  ctx: Ctx,
  filter: z.output<typeof UsageFilter>,
): Promise<UsageConditions> {
  const { server, agent, client, tool, source, region, outcome } = filter;
  const [serverId, agentId] = await Promise.all([
    server === undefined ? undefined : serverIdOf(ctx, server),
    agent === undefined ? undefined : agent === NONE ? "" : agentIdOf(ctx, agent),
  ]);
  return {
    ...(serverId !== undefined && { server: serverId }),
    ...(agentId !== undefined && { agent: agentId }),
    ...(client !== undefined && { client: client === NONE ? "" : client }),
    ...(tool !== undefined && { tool }),
    ...(source !== undefined && { source }),
    ...(region !== undefined && { region }),
    ...(outcome !== undefined && { outcome }),
  };
}

async function serverIdOf({ database: { sql }, organization }: Ctx, ref: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select id from servers where organization_id = ${organization.id}
      and ${isId("srv", ref) ? sql`id = ${ref}` : sql`slug = ${ref} and deleted_at is null`}`;
  if (!row) throw notFound("server");
  return row.id;
}

async function agentIdOf({ database: { sql }, organization }: Ctx, ref: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select id from agents where organization_id = ${organization.id}
      and ${isId("agt", ref) ? sql`id = ${ref}` : sql`lower(name) = lower(${ref}) and deleted_at is null`}`;
  if (!row) throw notFound("agent");
  return row.id;
}
