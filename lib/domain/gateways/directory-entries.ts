import { and, asc, eq, gt, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import { accessKeys, gateways, grants } from "#drizzle/schema/index.ts";
import type { AccessMethod, GrantSubject, KeyUse } from "#lib/contract/index.ts";
import type { Database, Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { keyUseOf } from "./access-key-row.ts";
import { accessOf } from "./describe-gateways.ts";
import type { GatewayRow } from "./gateway-row.ts";
import { subjectOf } from "./grant-row.ts";

/** What the data plane needs of one gateway, so that it never asks the database on a request. */
export interface DirectoryGateway {
  id: string;
  organizationId: string;
  name: string;
  access: readonly AccessMethod[];
  oauth: {
    issuer: string;
    jwksUrl: string | null;
    audience: string | null;
    scopes: readonly string[];
  } | null;
  callsPerMinuteMax: number | null;
  concurrentMax: number | null;
  grants: readonly DirectoryGrant[];
}

export interface DirectoryGrant {
  id: string;
  subject: GrantSubject;
  serverId: string | null;
  tools: readonly string[];
  callsPerMinuteMax: number | null;
  concurrentMax: number | null;
}

/** A key without its secret; times in epoch milliseconds. */
export interface DirectoryKey {
  id: string;
  organizationId: string;
  name: string;
  gatewayId: string | null;
  serverId: string | null;
  agentId: string | null;
  /** Where its callers come from; an agent's are told apart by their agent. */
  use: KeyUse;
  expiresAtMs: number | null;
  revokedAtMs: number | null;
}

/**
 * All gateways that are not deleted, with their grants, and all keys by the SHA-256 of their secret. Keys that were
 * revoked or expired are kept for `limits.gateways.revokedKeysKeptMs`, so that their holders are told. Bounded by
 * `limits.gateways.directoryGatewaysMax`, `directoryGrantsMax` and `directoryKeysMax`, which organizations cannot fill alone.
 */
export async function loadGatewayEntries(
  { db }: Pick<Database, "db">,
  nowMs: number,
): Promise<{ gateways: DirectoryGateway[]; keys: Map<string, DirectoryKey> }> {
  const [rows, granted, keys] = await Promise.all([
    db
      .select()
      .from(gateways)
      .where(isNull(gateways.deletedAt))
      .orderBy(asc(gateways.id))
      .limit(limits.gateways.directoryGatewaysMax),
    loadGrants(db),
    loadKeys(db, nowMs),
  ]);
  return { gateways: rows.map((row) => toEntry(row, granted.get(row.id) ?? [])), keys };
}

/** The same entries of some gateways of one organization, by id: whoever asks decides as the data plane does. */
export async function gatewayEntriesOf(
  db: Db,
  organizationId: string,
  gatewayIds: readonly string[],
): Promise<Map<string, DirectoryGateway>> {
  if (gatewayIds.length === 0) return new Map();
  const mine = and(eq(gateways.organizationId, organizationId), inArray(gateways.id, [...gatewayIds]));
  const [rows, granted] = await Promise.all([
    db
      .select()
      .from(gateways)
      .where(and(mine, isNull(gateways.deletedAt))),
    loadGrants(db, mine),
  ]);
  return new Map(rows.map((row) => [row.id, toEntry(row, granted.get(row.id) ?? [])]));
}

const toEntry = (row: GatewayRow, granted: readonly DirectoryGrant[]): DirectoryGateway => {
  const access = accessOf(row.access);
  return {
    id: row.id,
    organizationId: row.organizationId,
    name: row.name,
    access,
    oauth:
      access.includes("oauth") && row.authorizationServerUrl !== null
        ? {
            issuer: row.authorizationServerUrl,
            jwksUrl: row.jwksUrl,
            audience: row.resource,
            scopes: row.scopes,
          }
        : null,
    callsPerMinuteMax: row.callsPerMinuteMax,
    concurrentMax: row.concurrentMax,
    grants: granted,
  };
};

async function loadGrants(db: Db, ofGateways?: SQL): Promise<Map<string, DirectoryGrant[]>> {
  const rows = await db
    .select({ grant: grants })
    .from(grants)
    .innerJoin(
      gateways,
      and(eq(gateways.organizationId, grants.organizationId), eq(gateways.id, grants.gatewayId)),
    )
    .where(and(isNull(gateways.deletedAt), ofGateways))
    .orderBy(asc(grants.id))
    .limit(limits.gateways.directoryGrantsMax);
  const byGateway = new Map<string, DirectoryGrant[]>();
  for (const { grant } of rows) {
    const subject = subjectOf(grant);
    if (!subject) continue;
    const { id, serverId, tools, callsPerMinuteMax, concurrentMax } = grant;
    const list = byGateway.get(grant.gatewayId) ?? [];
    if (list.length === 0) byGateway.set(grant.gatewayId, list);
    list.push({ id, subject, serverId, tools, callsPerMinuteMax, concurrentMax });
  }
  return byGateway;
}

async function loadKeys(db: Database["db"], nowMs: number): Promise<Map<string, DirectoryKey>> {
  const since = new Date(nowMs - limits.gateways.revokedKeysKeptMs);
  const rows = await db
    .select({
      hash: accessKeys.hash,
      id: accessKeys.id,
      organizationId: accessKeys.organizationId,
      name: accessKeys.name,
      gatewayId: accessKeys.gatewayId,
      serverId: accessKeys.serverId,
      agentId: accessKeys.agentId,
      use: accessKeys.use,
      expiresAt: accessKeys.expiresAt,
      revokedAt: accessKeys.revokedAt,
    })
    .from(accessKeys)
    .where(
      and(
        or(isNull(accessKeys.revokedAt), gt(accessKeys.revokedAt, since)),
        or(isNull(accessKeys.expiresAt), gt(accessKeys.expiresAt, since)),
      ),
    )
    // Live keys come first: making and revoking many pushes out only what is revoked.
    .orderBy(sql`${accessKeys.revokedAt} desc nulls first`, asc(accessKeys.id))
    .limit(limits.gateways.directoryKeysMax);
  return new Map(
    rows.map(({ hash, use, expiresAt, revokedAt, ...key }) => [
      hash,
      {
        ...key,
        use: keyUseOf(use),
        expiresAtMs: expiresAt?.getTime() ?? null,
        revokedAtMs: revokedAt?.getTime() ?? null,
      },
    ]),
  );
}
