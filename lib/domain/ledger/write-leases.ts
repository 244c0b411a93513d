import type { TransactionSql } from "postgres";
import type { LeaseRow } from "./lease-rows.ts";

/** Writes what changed in leases; those with nothing set aside any more stay live, for their node to go on with. */
export async function writeLeases(sql: TransactionSql, leases: Iterable<LeaseRow>): Promise<void> {
  const rows = [...leases].map((lease) => ({
    organization_id: lease.organizationId,
    id: lease.id,
    amount_micros: String(lease.amountMicros),
    settled_micros: String(lease.settledMicros),
    state: lease.isLive ? "live" : "closed",
  }));
  if (rows.length === 0) return;
  await sql`
    update leases l set amount_micros = c.amount_micros, settled_micros = c.settled_micros, state = c.state
    from jsonb_populate_recordset(null::leases, ${JSON.stringify(rows)}::text::jsonb) c
    where l.organization_id = c.organization_id and l.id = c.id`;
}
