import { and, asc, eq, isNull } from "drizzle-orm";
import { agentServers, gatewayServers, gateways, servers } from "#drizzle/schema/index.ts";
import type { AgentServer } from "#lib/contract/index.ts";
import type { CommandCtx } from "../access/index.ts";

/** The servers of an agent by name, each with the gateway before it. Deleted servers are not shown. */
export async function attachmentsOf(
  { db, doors, organization }: Pick<CommandCtx, "db" | "doors" | "organization">,
  agentId: string,
  only?: { serverId: string },
): Promise<AgentServer[]> {
  const rows = await db
    .select({
      serverId: servers.id,
      serverSlug: servers.slug,
      serverName: servers.name,
      serverStatus: servers.status,
      publicId: gatewayServers.publicId,
      gatewayId: gateways.id,
      gatewayName: gateways.name,
      attachedAt: agentServers.attachedAt,
    })
    .from(agentServers)
    .innerJoin(
      servers,
      and(eq(servers.organizationId, agentServers.organizationId), eq(servers.id, agentServers.serverId)),
    )
    .leftJoin(
      gatewayServers,
      and(
        eq(gatewayServers.organizationId, agentServers.organizationId),
        eq(gatewayServers.serverId, agentServers.serverId),
      ),
    )
    .leftJoin(
      gateways,
      and(
        eq(gateways.organizationId, gatewayServers.organizationId),
        eq(gateways.id, gatewayServers.gatewayId),
        isNull(gateways.deletedAt),
      ),
    )
    .where(
      and(
        eq(agentServers.organizationId, organization.id),
        eq(agentServers.agentId, agentId),
        isNull(servers.deletedAt),
        only ? eq(agentServers.serverId, only.serverId) : undefined,
      ),
    )
    .orderBy(asc(servers.name), asc(servers.id));
  return rows.map(({ publicId, gatewayId, gatewayName, attachedAt, ...row }) => {
    const gateway = gatewayId === null || gatewayName === null ? null : { id: gatewayId, name: gatewayName };
    return {
      ...row,
      gateway,
      url: gateway === null || publicId === null ? doors.mcpUrl(row.serverSlug) : doors.gatewayUrl(publicId),
      attachedAt: attachedAt.toISOString(),
    };
  });
}
