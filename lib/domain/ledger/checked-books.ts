import type { Fragment } from "postgres";
import { ACCOUNT_KINDS, type AccountKind } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";

/** How far an account was checked, and what was there. */
export interface Mark {
  readonly version: number;
  readonly balance: string;
  /** The sum of the hashes of all entries up to there. */
  readonly digest: string;
}

/** How far a reconciliation looked: the next one goes on from it. */
export interface Watermark {
  readonly accounts: Partial<Record<AccountKind, Mark>>;
  /** Epoch milliseconds: calls and hours before this were checked. */
  readonly untilMs: number;
  /** When everything was checked, not only what was new. */
  readonly fullAtMs: number;
}

/** What the queries of the invariants are about. */
export interface CheckedBooks {
  readonly sql: Reader;
  readonly organizationId: string;
  readonly nowMs: number;
  /** Everything is looked at, not only what is new. */
  readonly isFull: boolean;
  /** Calls and hours from here on are looked at. */
  readonly sinceMs: number;
  /** Transactions whose events may be gone are older than this. */
  readonly eventsSinceMs: number;
  /** `(kind, version, balance, digest)`: entries after these are new. Zeros in a full run. */
  readonly marks: Fragment;
  /** The same as the last run left them, in a full run too. */
  readonly lastMarks: Fragment;
  /** The hash of an entry `e` with its transaction `t`. */
  readonly digest: Fragment;
}

/** One promise about the books, and how it is checked: rows of what was looked at, what was expected there and found. */
export interface Invariant {
  readonly id: string;
  readonly promise: string;
  /** Whether a difference is an amount of money. */
  readonly isMoney: boolean;
  /** A query of `(what, expected, found)`, all text: where they differ is drift. */
  rows(books: CheckedBooks): Fragment;
}

/** Entries that were not checked before. */
export const newEntries = ({ sql, organizationId, marks }: CheckedBooks): Fragment => sql`(
  select e.* from ${marks} m join ledger_entries e on e.organization_id = ${organizationId} and e.kind = m.kind
    and e.account_version > m.version)`;

/** Transactions that were not checked before. */
export const newTxs = (books: CheckedBooks): Fragment => books.sql`(
  select t.* from ledger_txs t where t.organization_id = ${books.organizationId}
    and t.id in (select tx_id from ${newEntries(books)} n))`;

/** Those of the last weeks, whose events are still there. */
export const newUsage = (books: CheckedBooks): Fragment => books.sql`(
  select t.* from ${newTxs(books)} t
  where t.type in ('usage', 'usage_event') and t.created_at >= ${iso(books.eventsSinceMs)}::timestamptz)`;

/** Marks of all accounts as rows; zeros where there is none. */
export function marksOf(sql: Reader, accounts: Watermark["accounts"]): Fragment {
  const rows = ACCOUNT_KINDS.map((kind) => ({ kind, ...NOTHING, ...accounts[kind] }));
  return sql`(
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      as r(kind text, version bigint, balance bigint, digest text))`;
}

const NOTHING: Mark = { version: 0, balance: "0", digest: "0" };

/** The hash of an entry `e` with its transaction `t`: named columns, so that a new one does not change old hashes. */
export const entryDigest = (
  sql: Reader,
): Fragment => sql`hashtextextended(concat_ws('|', e.tx_id, e.line, e.kind,
  e.amount_micros, e.account_version, e.balance_after_micros, t.type, t.amount_micros, t.balance_after_micros, t.idem_key,
  encode(t.idem_hash, 'hex'), t.source_kind, t.source_id, t.reverses_tx_id, t.agent_id, t.event_count, t.price_version,
  t.actor, t.reason, extract(epoch from t.effective_at), extract(epoch from t.created_at)), 0)`;

export const iso = (ms: number): string => new Date(ms).toISOString();
