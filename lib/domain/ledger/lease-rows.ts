import type { ISql, TransactionSql } from "postgres";
import type { ScopeKind } from "./lease-types.ts";

/** A lease as it is stored. */
export interface LeaseRow {
  readonly organizationId: string;
  readonly id: string;
  readonly kind: ScopeKind;
  readonly scopeId: string;
  readonly period: string;
  readonly epoch: string;
  readonly isLive: boolean;
  readonly expiresAtMs: number;
  amountMicros: bigint;
  settledMicros: bigint;
}

interface Row {
  organization_id: string;
  id: string;
  scope_kind: ScopeKind;
  scope_id: string;
  period: string;
  epoch: string;
  state: string;
  expires_ms: number;
  amount: string;
  settled: string;
}

/** The columns of `LeaseRow`, of the table `leases` named `l`. */
export const leaseColumns = (sql: ISql) => sql`
  l.organization_id, l.id, l.scope_kind, l.scope_id, l.period, l.epoch, l.state,
  extract(epoch from l.expires_at)::float8 * 1000 as expires_ms, l.amount_micros as amount, l.settled_micros as settled`;

/** Leases by their ids, whatever their state. */
export async function readLeases(sql: ISql, ids: readonly string[]): Promise<LeaseRow[]> {
  const rows = await sql<Row[]>`
    select ${leaseColumns(sql)} from leases l where l.id = any(${[...new Set(ids)]}::text[])`;
  return rows.map(leaseOf);
}

/**
 * The same, for the transaction of `sql` alone. With the books open nobody else changes their amounts; but nodes keep them
 * alive without the books, so everybody locks leases in the order of their ids: no two wait for each other.
 */
export async function lockLeases(sql: TransactionSql, ids: readonly string[]): Promise<LeaseRow[]> {
  const rows = await sql<Row[]>`
    select ${leaseColumns(sql)} from leases l where l.id = any(${[...new Set(ids)]}::text[])
    order by l.id for no key update`;
  return rows.map(leaseOf);
}

export const leaseOf = (row: Row): LeaseRow => ({
  organizationId: row.organization_id,
  id: row.id,
  kind: row.scope_kind,
  scopeId: row.scope_id,
  period: row.period,
  epoch: row.epoch,
  isLive: row.state === "live",
  expiresAtMs: Math.round(row.expires_ms),
  amountMicros: BigInt(row.amount),
  settledMicros: BigInt(row.settled),
});

/** What calls have set aside of a lease and not settled yet, and what none has set aside. */
export const unsettled = ({ isLive, amountMicros, settledMicros }: LeaseRow): bigint =>
  isLive ? amountMicros - settledMicros : 0n;
