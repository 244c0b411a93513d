import type { TransactionSql } from "postgres";
import { storableJson } from "#lib/kernel/text.ts";
import type { LeaseRequest, LeaseScope } from "./lease-types.ts";

export interface GrantedLease {
  readonly scope: LeaseScope;
  readonly period: string;
  /** What is added. */
  readonly size: bigint;
  readonly leaseId: string;
  readonly isNew: boolean;
}

/** Makes new leases, adds to those that the node has, and keeps them alive. With the books open. */
export async function storeLeases(
  sql: TransactionSql,
  { organizationId, node, epoch }: LeaseRequest,
  leases: readonly (GrantedLease & { expiresAtMs: number })[],
  nowMs: number,
): Promise<void> {
  const rows = leases.map(({ scope, period, size, leaseId, expiresAtMs }) => ({
    organization_id: organizationId,
    id: leaseId,
    scope_kind: scope.kind,
    scope_id: scope.id,
    period,
    node,
    epoch,
    amount_micros: String(size),
    settled_micros: "0",
    granted_at: new Date(nowMs).toISOString(),
    expires_at: new Date(expiresAtMs).toISOString(),
    state: "live",
  }));
  await sql`
    insert into leases
    select * from jsonb_populate_recordset(null::leases, ${storableJson(rows)}::text::jsonb)
    on conflict (organization_id, id) do update set
      amount_micros = leases.amount_micros + excluded.amount_micros,
      expires_at = greatest(leases.expires_at, excluded.expires_at)`;
}
