import type { Fragment } from "postgres";
import type { Reader } from "#lib/db/snapshot.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";

/** The books of an organization at a moment, in micros. `debt`, `granted` and `payments` are zero or below. */
export interface Books {
  readonly available: bigint;
  readonly held: bigint;
  readonly consumed: bigint;
  readonly expired: bigint;
  readonly refunded: bigint;
  readonly debt: bigint;
  readonly granted: bigint;
  readonly payments: bigint;
  readonly adjustment: bigint;
}

/** What there is, less what is owed. */
export const netOf = (books: Books): bigint => books.available + books.held + books.debt;

type Stored = Record<Exclude<keyof Books, "available">, string>;

/**
 * The books just before each of some moments (epoch milliseconds), however long ago: every transaction counts by the time
 * in its id. Accounts that change with every call are read off the last entry before the moment, the rare ones are summed;
 * `available` is what makes the books sum to zero.
 */
export async function booksAt(
  sql: Reader,
  organizationId: string,
  momentsMs: readonly number[],
): Promise<Books[]> {
  const rows = await sql<Stored[]>`
    select coalesce(consumed.balance, 0)::text as consumed, coalesce(held.balance, 0)::text as held, rare.*
    from unnest(${momentsMs.map((ms) => uuid7Floor(ms))}::uuid[]) with ordinality as moment(before, n)
    left join lateral (${lastBalance(sql, organizationId, "consumed")}) consumed on true
    left join lateral (${lastBalance(sql, organizationId, "held")}) held on true
    left join lateral (
      select coalesce(sum(amount_micros) filter (where kind = 'expired'), 0)::text as expired,
        coalesce(sum(amount_micros) filter (where kind = 'refunded'), 0)::text as refunded,
        coalesce(sum(amount_micros) filter (where kind = 'debt'), 0)::text as debt,
        coalesce(sum(amount_micros) filter (where kind = 'granted'), 0)::text as granted,
        coalesce(sum(amount_micros) filter (where kind = 'payments'), 0)::text as payments,
        coalesce(sum(amount_micros) filter (where kind = 'adjustment'), 0)::text as adjustment
      from ledger_entries
      where organization_id = ${organizationId} and tx_id < moment.before
        and kind in ('expired', 'refunded', 'debt', 'granted', 'payments', 'adjustment')
    ) rare on true
    order by moment.n`;
  return rows.map((row) => {
    const known = {
      held: BigInt(row.held),
      consumed: BigInt(row.consumed),
      expired: BigInt(row.expired),
      refunded: BigInt(row.refunded),
      debt: BigInt(row.debt),
      granted: BigInt(row.granted),
      payments: BigInt(row.payments),
      adjustment: BigInt(row.adjustment),
    };
    const sum = Object.values(known).reduce((total, balance) => total + balance, 0n);
    return { ...known, available: -sum };
  });
}

/**
 * The account after the last entry before the moment. Entries stand in the order in which the books were open, and a
 * transaction that waited for them has an older id than one that did not: the neighbours on the wrong side are put right.
 */
const lastBalance = (sql: Reader, organizationId: string, kind: "consumed" | "held"): Fragment => sql`
  select max(last.balance_after_micros) + coalesce(sum(case
      when e.tx_id < moment.before and e.account_version > last.account_version then e.amount_micros
      when e.tx_id >= moment.before and e.account_version <= last.account_version then - e.amount_micros
      else 0 end), 0) as balance
  from (
    select account_version, balance_after_micros from ledger_entries
    where organization_id = ${organizationId} and kind = ${kind} and tx_id < moment.before
    order by organization_id desc, tx_id desc, line desc limit 1
  ) last
  join ledger_entries e on e.organization_id = ${organizationId} and e.kind = ${kind}
    and e.account_version between last.account_version - ${limits.money.entriesOutOfOrderMax}
      and last.account_version + ${limits.money.entriesOutOfOrderMax}`;
