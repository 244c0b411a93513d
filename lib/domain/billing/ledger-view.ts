import type { Fragment } from "postgres";
import type { LedgerQuery } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { decodeId, uuid7Floor } from "#lib/kernel/ids.ts";
import { ledgerColumns, ledgerJoins, type StoredTx } from "./ledger-rows.ts";
import { typesOf } from "./tx-words.ts";

export type LedgerFilter = Pick<LedgerQuery, "category" | "agent" | "from" | "to">;

/** The transactions that a filter lets through, written until `asOfMs`. */
export interface LedgerView {
  readonly organizationId: string;
  readonly filter: LedgerFilter;
  readonly asOfMs: number;
}

/** The view of a filter. Throws `invalid_input` for a window that ends before it begins: it would look like an empty ledger. */
export function ledgerView(organizationId: string, filter: LedgerFilter, asOfMs: number): LedgerView {
  const { from, to } = filter;
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
    const message = "The window ends before it begins. Give a `to` after `from`.";
    throw new DomainError("invalid_input", message, {
      errors: [{ path: "to", code: "before_from", message }],
    });
  }
  return { organizationId, filter, asOfMs };
}

/** The agent of use that no agent made. */
export const NO_AGENT = "none";

function conditions(sql: Reader, { organizationId, filter, asOfMs }: LedgerView): Fragment {
  const { category, agent, from, to } = filter;
  const toMs = Math.min(asOfMs + 1, to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(to));
  return sql`
    t.organization_id = ${organizationId} and t.type not in ('lease', 'release')
    and t.id >= ${uuid7Floor(from === undefined ? 0 : Date.parse(from))} and t.id < ${uuid7Floor(toMs)}
    ${category === undefined ? sql`` : sql`and t.type = any(${typesOf(category)})`}
    ${agent === undefined ? sql`` : agentCondition(sql, organizationId, agent)}`;
}

function agentCondition(sql: Reader, organizationId: string, agent: string): Fragment {
  if (agent === NO_AGENT) {
    return sql`and t.type = any(${typesOf("usage")}) and coalesce(t.agent_id, '') = ''`;
  }
  return sql`and t.agent_id in (
    select ${agent} union all
    select id from agents where organization_id = ${organizationId} and lower(name) = lower(${agent}))`;
}

/** How many there are, exactly. */
export async function countTxs(sql: Reader, view: LedgerView): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from ledger_txs t where ${conditions(sql, view)}`;
  return row?.n ?? 0;
}

/** Newest first: after `belowId` where one is given, and after `skip` others. */
export function readTxs(
  sql: Reader,
  view: LedgerView,
  part: { belowId: string | null; skip: number; rowsMax: number },
): Promise<StoredTx[]> {
  return sql<StoredTx[]>`
    with page as materialized (
      select t.id from ledger_txs t
      where ${conditions(sql, view)} ${part.belowId === null ? sql`` : sql`and t.id < ${part.belowId}`}
      order by t.id desc limit ${part.rowsMax} offset ${part.skip}
    )
    select ${ledgerColumns(sql)} from page
    join ledger_txs t on t.organization_id = ${view.organizationId} and t.id = page.id
    ${ledgerJoins(sql)}
    order by t.id desc`;
}

/** The row that a cursor stands for: a page goes on below it. Throws `invalid_input` for what is no cursor. */
export function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = decodeId("tx", cursor);
  if (id !== null) return id;
  const message = "This cursor was not made by us. Start again without one.";
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "cursor", code: "invalid_cursor", message }],
  });
}
