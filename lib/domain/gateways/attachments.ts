import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { gatewayServers, gateways, servers } from "#drizzle/schema/index.ts";
import type { Attachment } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { CommandCtx } from "../access/index.ts";

const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** Where RFC 9728 puts the metadata document of a resource: between its origin and its path. */
export function metadataUrlOf(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}${WELL_KNOWN}${pathname}`;
}

/** The attachments of these gateways, or of these servers, by server name. Deleted servers are not shown. */
export async function loadAttachments(
  { db, doors, organization }: Pick<CommandCtx, "db" | "doors" | "organization">,
  of: { gatewayIds: readonly string[] } | { serverIds: readonly string[] },
): Promise<Attachment[]> {
  const wanted =
    "gatewayIds" in of
      ? inArray(gatewayServers.gatewayId, [...of.gatewayIds])
      : inArray(gatewayServers.serverId, [...of.serverIds]);
  const rows = await db
    .select({
      serverId: servers.id,
      serverSlug: servers.slug,
      serverName: servers.name,
      serverStatus: servers.status,
      gatewayId: gatewayServers.gatewayId,
      publicId: gatewayServers.publicId,
      attachedAt: gatewayServers.attachedAt,
      access: gateways.access,
    })
    .from(gatewayServers)
    .innerJoin(
      gateways,
      and(
        eq(gateways.organizationId, gatewayServers.organizationId),
        eq(gateways.id, gatewayServers.gatewayId),
      ),
    )
    .innerJoin(
      servers,
      and(eq(servers.organizationId, gatewayServers.organizationId), eq(servers.id, gatewayServers.serverId)),
    )
    .where(
      and(
        eq(gatewayServers.organizationId, organization.id),
        wanted,
        isNull(gateways.deletedAt),
        isNull(servers.deletedAt),
      ),
    )
    .orderBy(asc(servers.name), asc(servers.id));
  return rows.map(({ access, attachedAt, ...row }) => {
    const url = doors.gatewayUrl(row.publicId);
    return {
      ...row,
      url,
      metadataUrl: access.includes("oauth") ? metadataUrlOf(url) : null,
      attachedAt: attachedAt.toISOString(),
    };
  });
}

/** The attachments of one gateway. */
export const attachmentsOf = (
  ctx: Pick<CommandCtx, "db" | "doors" | "organization">,
  gatewayId: string,
): Promise<Attachment[]> => loadAttachments(ctx, { gatewayIds: [gatewayId] });

/** Whether the server is behind the gateway. */
export async function isAttached(
  db: Db,
  { organizationId, gatewayId, serverId }: { organizationId: string; gatewayId: string; serverId: string },
): Promise<boolean> {
  const [row] = await db
    .select({ serverId: gatewayServers.serverId })
    .from(gatewayServers)
    .where(
      and(
        eq(gatewayServers.organizationId, organizationId),
        eq(gatewayServers.gatewayId, gatewayId),
        eq(gatewayServers.serverId, serverId),
      ),
    );
  return row !== undefined;
}
