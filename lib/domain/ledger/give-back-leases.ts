import type { TransactionSql } from "postgres";
import { smaller } from "./amounts.ts";
import type { Posting } from "./book.ts";
import { createBudgetChanges } from "./budget-changes.ts";
import { closeBooks } from "./close-books.ts";
import { type LeaseRow, lockLeases, unsettled } from "./lease-rows.ts";
import { openBooks } from "./open-books.ts";
import { writeLeases } from "./write-leases.ts";

/**
 * Takes back of each lease what `unusedOf` says (null leaves it alone), at most what is not settled, in one transaction: credits become available
 * and caps free again. A lease of which nothing is left to settle ends. Answers how many leases ended.
 */
export async function giveBackLeases(
  sql: TransactionSql,
  leases: readonly { organizationId: string; id: string }[],
  unusedOf: (lease: LeaseRow) => bigint | null,
  posting: Posting,
): Promise<number> {
  const [books, rows] = await Promise.all([
    openBooks(
      sql,
      leases.map(({ organizationId }) => organizationId),
      posting,
    ),
    lockLeases(
      sql,
      leases.map(({ id }) => id),
    ),
  ]);
  const owners = new Map(leases.map(({ id, organizationId }) => [id, organizationId]));
  const budgets = createBudgetChanges();
  const written: LeaseRow[] = [];
  for (const lease of rows) {
    const book = books.get(lease.organizationId);
    if (!book || owners.get(lease.id) !== lease.organizationId || !lease.isLive) continue;
    const asked = unusedOf(lease);
    if (asked === null) continue;
    const unused = smaller(asked > 0n ? asked : 0n, unsettled(lease));
    lease.amountMicros -= unused;
    written.push({ ...lease, isLive: lease.amountMicros > lease.settledMicros });
    if (unused === 0n) continue;
    if (lease.kind === "organization") {
      book.post({
        type: "release",
        moves: { held: -unused, available: unused },
        sourceKind: "lease",
        sourceId: lease.id,
        actor: "system:ledger",
      });
    } else {
      budgets.of(lease.organizationId)({ kind: lease.kind, id: lease.scopeId }, lease.period, {
        leased: -unused,
      });
    }
  }
  await Promise.all([
    closeBooks(sql, books.values(), posting),
    writeLeases(sql, written),
    budgets.write(sql, posting.nowMs),
  ]);
  return written.filter(({ isLive }) => !isLive).length;
}
