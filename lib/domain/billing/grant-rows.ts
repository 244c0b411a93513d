import { z } from "zod";
import { type CreditGrant, GRANT_KINDS } from "#lib/contract/index.ts";
import { type Db, sqlOf } from "#lib/db/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { notFound } from "#lib/kernel/errors.ts";

const GrantKind = z.enum(GRANT_KINDS);

interface StoredGrant {
  id: string;
  kind: string;
  priority: number;
  amount_micros: string;
  remaining_micros: string;
  effective_at: string;
  expires_at: string | null;
  voided_at: string | null;
  reason: string | null;
  created_by: string | null;
  created_at: string;
}

/**
 * Credits that came in together, newest first, those with something left before those without; one of them by `grantId`. What
 * is past its expiry has nothing left, whether that is posted or not.
 */
export async function readGrants(
  sql: Reader,
  organizationId: string,
  { nowMs, rowsMax, grantId }: { nowMs: number; rowsMax: number; grantId?: string },
): Promise<CreditGrant[]> {
  const now = new Date(nowMs).toISOString();
  const rows = await sql<StoredGrant[]>`
    select g.id, g.kind, g.priority, g.amount_micros::text, g.effective_at, g.expires_at, g.voided_at, g.reason,
      coalesce(u.name, k.name, g.created_by) as created_by, g.created_at,
      (case when g.expires_at <= ${now}::timestamptz then 0 else g.remaining_micros end)::text as remaining_micros
    from credit_grants g
    left join users u on g.created_by = 'user:' || u.id
    left join api_tokens k on g.created_by = 'apiToken:' || k.id
    where g.organization_id = ${organizationId} ${grantId === undefined ? sql`` : sql`and g.id = ${grantId}`}
    order by g.remaining_micros > 0 and coalesce(g.expires_at > ${now}::timestamptz, true) desc, g.id desc
    limit ${rowsMax}`;
  return rows.map((row) => ({
    id: row.id,
    kind: GrantKind.parse(row.kind),
    priority: row.priority,
    amountMicros: row.amount_micros,
    remainingMicros: row.remaining_micros,
    effectiveAt: new Date(row.effective_at).toISOString(),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at).toISOString(),
    voidedAt: row.voided_at === null ? null : new Date(row.voided_at).toISOString(),
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: new Date(row.created_at).toISOString(),
  }));
}

/** One of them, inside a transaction. */
export async function readGrant(
  db: Db,
  organizationId: string,
  grantId: string,
  nowMs: number,
): Promise<CreditGrant> {
  const [grant] = await readGrants(sqlOf(db), organizationId, { nowMs, rowsMax: 1, grantId });
  if (!grant) throw notFound("credit grant");
  return grant;
}
