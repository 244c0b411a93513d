import type { AccountKind, Reconciliation } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isMicros } from "#lib/kernel/money.ts";
import { ACCOUNT_INVARIANTS } from "./account-invariants.ts";
import {
  type CheckedBooks,
  entryDigest,
  type Invariant,
  type Mark,
  marksOf,
  newEntries,
  type Watermark,
} from "./checked-books.ts";
import { CREDIT_INVARIANTS } from "./credit-invariants.ts";
import { USAGE_INVARIANTS } from "./usage-invariants.ts";

const DAY_MS = 86_400_000;

/** All promises, in the order of their numbers. */
export const INVARIANTS: readonly Invariant[] = [
  ...ACCOUNT_INVARIANTS,
  ...CREDIT_INVARIANTS,
  ...USAGE_INVARIANTS,
].sort((left, right) => Number(left.id.slice(1)) - Number(right.id.slice(1)));

export type Check = Reconciliation["checks"][number];

/**
 * Checks every promise about the books of an organization, on the one view of `sql`'s transaction. With `last` only what
 * is new since then is looked at, unless `isFull`. Answers the checks, and how far they looked.
 */
export async function checkBooks(
  sql: Reader,
  organizationId: string,
  { nowMs, last, isFull }: { nowMs: number; last: Watermark | null; isFull: boolean },
): Promise<{ checks: Check[]; watermark: Watermark }> {
  const isWhole = isFull || last === null;
  const eventsSinceMs = nowMs - limits.money.reconcileDays * DAY_MS;
  const books: CheckedBooks = {
    sql,
    organizationId,
    nowMs,
    isFull: isWhole,
    eventsSinceMs,
    // Clocks may have been set back since.
    sinceMs: isWhole ? eventsSinceMs : Math.min(last.untilMs, nowMs - limits.money.usageWatermarkMs),
    marks: marksOf(sql, isWhole ? {} : last.accounts),
    lastMarks: marksOf(sql, last?.accounts ?? {}),
    digest: entryDigest(sql),
  };
  const [checks, accounts] = await Promise.all([
    Promise.all(INVARIANTS.map((invariant) => checkOne(books, invariant))),
    marksNow(books),
  ]);
  const watermark: Watermark = {
    accounts,
    untilMs: nowMs - limits.money.usageWatermarkMs,
    fullAtMs: isWhole ? nowMs : last.fullAtMs,
  };
  return { checks, watermark };
}

async function checkOne(books: CheckedBooks, { id, promise, rows }: Invariant): Promise<Check> {
  const { sql } = books;
  const [found] = await sql<{ checked: number; drift_count: number; drift: Check["drift"] }[]>`
    with row as materialized (${rows(books)})
    select count(*)::int as checked,
      count(*) filter (where expected is distinct from found)::int as drift_count,
      coalesce((
        select jsonb_agg(d) from (
          select what, coalesce(expected, 'nothing') as expected, coalesce(found, 'nothing') as found from row
          where expected is distinct from found order by what limit ${limits.money.driftRowsMax}
        ) d
      ), '[]') as drift
    from row`;
  const { checked = 0, drift_count: driftCount = 0, drift = [] } = found ?? {};
  return { id, promise, status: driftCount === 0 ? "balanced" : "drift", checked, driftCount, drift };
}

/** Where the accounts are now, on the same view. */
async function marksNow(books: CheckedBooks): Promise<Watermark["accounts"]> {
  const { sql, organizationId } = books;
  const rows = await sql<({ kind: AccountKind } & { version: string; balance: string; digest: string })[]>`
    select a.kind, a.version::text, a.balance_micros::text as balance, (
        min(m.digest)::numeric + coalesce(sum(${books.digest}) filter (where e.tx_id is not null), 0)
      )::text as digest
    from ledger_accounts a
      join ${books.marks} m on m.kind = a.kind
      left join ${newEntries(books)} e on e.kind = a.kind
      left join ledger_txs t on t.organization_id = e.organization_id and t.id = e.tx_id
    where a.organization_id = ${organizationId}
    group by a.kind, a.version, a.balance_micros`;
  return Object.fromEntries(
    rows.map(({ kind, version, ...mark }): [AccountKind, Mark] => [
      kind,
      { version: Number(version), ...mark },
    ]),
  );
}

/** The sum of all differences that are amounts. */
export function driftOf(checks: readonly Check[]): bigint {
  const isMoney = new Set(INVARIANTS.filter((invariant) => invariant.isMoney).map(({ id }) => id));
  let drift = 0n;
  for (const { expected, found } of checks
    .filter(({ id }) => isMoney.has(id))
    .flatMap((check) => check.drift)) {
    if (!isMicros(expected) || !isMicros(found)) continue;
    const difference = BigInt(expected) - BigInt(found);
    drift += difference < 0n ? -difference : difference;
  }
  return drift;
}
