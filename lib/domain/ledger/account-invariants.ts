import type { Fragment } from "postgres";
import { type CheckedBooks, type Invariant, newEntries, newTxs } from "./checked-books.ts";

/** How PostgreSQL marks a trigger that fires. */
const FIRES = "O";

/** What keeps rows of the ledger from changing. */
const GUARDS = [
  "ledger_txs_never_change",
  "ledger_entries_never_change",
  "grant_uses_never_change",
  "plan_versions_never_change",
  "ledger_accounts_stay",
  "ledger_entries_balanced",
  "ledger_accounts_follow_entries",
  "ledger_accounts_begin_with_entries",
];

/** About accounts, transactions and their entries. */
export const ACCOUNT_INVARIANTS: readonly Invariant[] = [
  {
    id: "I1",
    promise: "Every transaction sums to zero, and says what it did to the balance.",
    isMoney: true,
    rows: (books) => books.sql`
      select 'transaction ' || t.id as what, '0 of ' || t.amount_micros as expected,
        coalesce(sum(e.amount_micros), 0) || ' of '
          || coalesce(sum(e.amount_micros) filter (where e.kind in ('available', 'held')), 0) as found
      from ${newTxs(books)} t
        left join ledger_entries e on e.organization_id = t.organization_id and e.tx_id = t.id
      group by t.id, t.amount_micros`,
  },
  {
    id: "I2",
    promise: "All accounts of the organization sum to zero.",
    isMoney: true,
    rows: ({ sql, organizationId }) => sql`
      select 'all accounts' as what, '0' as expected, coalesce(sum(balance_micros), 0)::text as found
      from ledger_accounts where organization_id = ${organizationId}`,
  },
  {
    id: "I3",
    promise: "A balance is the sum of its entries, which follow each other without a gap.",
    isMoney: true,
    rows: (books) => books.sql`
      with entry as (
        select e.*, e.account_version - 1 = lag(e.account_version, 1, w.version) over account
          and e.balance_after_micros - e.amount_micros = lag(e.balance_after_micros, 1, w.balance) over account as follows
        from ${newEntries(books)} e join ${books.marks} w on w.kind = e.kind
        window account as (partition by e.kind order by e.account_version)
      )
      select 'account ' || a.kind as what, a.balance_micros || ' at ' || a.version || ', 0 gaps' as expected,
        coalesce(sum(e.amount_micros), 0) + min(coalesce(w.balance, 0)) || ' at ' || count(e.*) + min(coalesce(w.version, 0))
          || ', ' || count(*) filter (where not e.follows) || ' gaps' as found
      from ledger_accounts a
        left join ${books.marks} w on w.kind = a.kind
        left join entry e on e.kind = a.kind
      where a.organization_id = ${books.organizationId}
      group by a.kind, a.balance_micros, a.version`,
  },
  {
    id: "I4",
    promise: "Available and held credits are never below zero, and debt is never above it.",
    isMoney: true,
    rows: ({ sql, organizationId }) => sql`
      select 'account ' || kind as what,
        (case when kind = 'debt' then least(balance_micros, 0) else greatest(balance_micros, 0) end)::text as expected,
        balance_micros::text as found
      from ledger_accounts
      where organization_id = ${organizationId}
        and kind in ('available', 'held', 'consumed', 'expired', 'refunded', 'debt')`,
  },
  {
    id: "I9",
    promise: "Rows of the ledger never change.",
    isMoney: false,
    rows: (books) => books.sql`
      select 'guard ' || g.name as what, ${FIRES} as expected, coalesce(t.tgenabled::text, 'missing') as found
      from unnest(${GUARDS}::text[]) as g(name) left join pg_trigger t on t.tgname = g.name
      union all
      select 'entries of account ' || w.kind || ' up to ' || w.version, w.digest, ${foundDigest(books)}
      from ${books.lastMarks} w where w.version > 0`,
  },
  {
    id: "I11",
    promise: "An idempotency key belongs to one transaction, and to what was asked for with it.",
    isMoney: false,
    rows: (books) => books.sql`
      select 'unique keys' as what, 'valid' as expected,
        coalesce(max(case when i.indisunique and i.indisvalid then 'valid' end), 'missing') as found
      from pg_class c join pg_index i on i.indexrelid = c.oid where c.relname = 'ledger_txs_idem'
      union all
      select 'key of transaction ' || t.id, '32 bytes', octet_length(t.idem_hash) || ' bytes' from ${newTxs(books)} t`,
  },
];

/** In a full run all entries that were there are hashed again; else the last one must be there as it was. */
const foundDigest = ({ sql, organizationId, isFull, digest }: CheckedBooks): Fragment =>
  isFull
    ? sql`(
        select coalesce(sum(${digest}), 0)::text
        from ledger_entries e join ledger_txs t on t.organization_id = e.organization_id and t.id = e.tx_id
        where e.organization_id = ${organizationId} and e.kind = w.kind and e.account_version <= w.version)`
    : sql`case when exists (
        select from ledger_entries e
        where e.organization_id = ${organizationId} and e.kind = w.kind and e.account_version = w.version
          and e.balance_after_micros = w.balance) then w.digest else 'another' end`;
