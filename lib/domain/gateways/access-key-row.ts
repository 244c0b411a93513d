import { and, desc, eq, gt, isNull, or, type SQL } from "drizzle-orm";
import { accessKeys } from "#drizzle/schema/index.ts";
import type { AccessKey, KeyUse } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { userNames } from "../servers/index.ts";

export type KeyRow = typeof accessKeys.$inferSelect;

/** What every access key begins with; secret scanners look for it, and the gateway tells keys from tokens by it. */
export const KEY_PREFIX = "mcpstack_gk_";

/** What a key opens: a gateway, the direct URL of one server, or the servers of an agent. */
export type KeyHolder = { organizationId: string } & (
  | { gatewayId: string }
  | { serverId: string }
  | { agentId: string }
);

/** The stored use of a key, as this version knows it. */
export const keyUseOf = (stored: string): KeyUse => (stored === "embed" ? "embed" : "external");

/** The rows of one holder. */
export const heldBy = (holder: KeyHolder) =>
  and(eq(accessKeys.organizationId, holder.organizationId), holderColumn(holder));

function holderColumn(holder: KeyHolder): SQL {
  if ("gatewayId" in holder) return eq(accessKeys.gatewayId, holder.gatewayId);
  return "agentId" in holder
    ? eq(accessKeys.agentId, holder.agentId)
    : eq(accessKeys.serverId, holder.serverId);
}

/** Rows as the wire shows them; never a hash. */
export async function describeKeys(db: Db, rows: readonly KeyRow[]): Promise<AccessKey[]> {
  const names = await userNames(
    db,
    rows.map((row) => row.createdBy),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    gatewayId: row.gatewayId,
    serverId: row.serverId,
    agentId: row.agentId,
    use: keyUseOf(row.use),
    createdBy: row.createdBy === null ? null : (names.get(row.createdBy) ?? null),
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }));
}

/** The keys of a holder, newest first: the live and expired ones, and those revoked lately. */
export async function keysOf(db: Db, holder: KeyHolder, nowMs: number): Promise<AccessKey[]> {
  const keptSince = new Date(nowMs - limits.gateways.revokedKeysKeptMs);
  const rows = await db
    .select()
    .from(accessKeys)
    .where(and(heldBy(holder), or(isNull(accessKeys.revokedAt), gt(accessKeys.revokedAt, keptSince))))
    .orderBy(desc(accessKeys.id))
    .limit(limits.gateways.listedMax);
  return describeKeys(db, rows);
}
