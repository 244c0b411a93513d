import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { accessKeys, grants } from "#drizzle/schema/index.ts";
import { ACCESS_METHODS, type AccessMethod, type Gateway } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { CommandCtx } from "../access/index.ts";
import { userNames } from "../servers/index.ts";
import { loadAttachments } from "./attachments.ts";
import type { GatewayRow } from "./gateway-row.ts";

export type DescribeCtx = Pick<CommandCtx, "db" | "doors" | "organization">;

/** The stored ways in that this version knows. */
export const accessOf = (stored: readonly string[]): AccessMethod[] =>
  ACCESS_METHODS.filter((method) => stored.includes(method));

/** One row as the wire shows it. */
export async function describeGateway(ctx: DescribeCtx, row: GatewayRow): Promise<Gateway> {
  const [gateway] = await describeGateways(ctx, [row]);
  if (!gateway) throw new Error("describing one gateway answered none");
  return gateway;
}

/** Rows of one organization as the wire shows them, in the same order; four statements however many there are. */
export async function describeGateways(ctx: DescribeCtx, rows: readonly GatewayRow[]): Promise<Gateway[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [attachments, grantCounts, keyCounts, names] = await Promise.all([
    loadAttachments(ctx, { gatewayIds: ids }),
    grantCountsOf(ctx.db, ctx.organization.id, ids),
    keyCountsOf(ctx.db, ctx.organization.id, ids),
    userNames(
      ctx.db,
      rows.map((row) => row.createdBy),
    ),
  ]);
  const servers = Map.groupBy(attachments, ({ gatewayId }) => gatewayId);
  return rows.map((row) => ({
    id: row.id,
    ...settingsOf(row),
    servers: servers.get(row.id) ?? [],
    grantCount: grantCounts.get(row.id) ?? 0,
    keyCount: keyCounts.get(row.id) ?? 0,
    createdBy: row.createdBy === null ? null : (names.get(row.createdBy) ?? null),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }));
}

/** What may be changed about a gateway, as the wire and the audit log show it. */
export const settingsOf = (row: GatewayRow) => ({
  name: row.name,
  access: accessOf(row.access),
  providerType: row.providerType === "manual" ? ("manual" as const) : ("none" as const),
  authorizationServerUrl: row.authorizationServerUrl,
  jwksUrl: row.jwksUrl,
  clientId: row.clientId,
  resource: row.resource,
  scopes: row.scopes,
  callsPerMinuteMax: row.callsPerMinuteMax,
  concurrentMax: row.concurrentMax,
});

async function grantCountsOf(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .select({ gatewayId: grants.gatewayId, n: count() })
    .from(grants)
    .where(and(eq(grants.organizationId, organizationId), inArray(grants.gatewayId, [...ids])))
    .groupBy(grants.gatewayId);
  return new Map(rows.map(({ gatewayId, n }) => [gatewayId, n]));
}

/** Keys that are not revoked. */
async function keyCountsOf(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .select({ gatewayId: accessKeys.gatewayId, n: count() })
    .from(accessKeys)
    .where(
      and(
        eq(accessKeys.organizationId, organizationId),
        inArray(accessKeys.gatewayId, [...ids]),
        isNull(accessKeys.revokedAt),
      ),
    )
    .groupBy(accessKeys.gatewayId);
  return new Map(rows.flatMap(({ gatewayId, n }) => (gatewayId === null ? [] : [[gatewayId, n] as const])));
}
