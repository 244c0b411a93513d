import type { Fragment } from "postgres";
import { LedgerCategory, type LedgerTx, TxType } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { CATEGORY_OF, describeTx } from "./tx-words.ts";

/** A transaction as the database answers it: amounts as decimal strings. */
export interface StoredTx {
  id: string;
  type: string;
  amount_micros: string;
  balance_after_micros: string;
  agent_id: string | null;
  agent_name: string | null;
  event_count: number;
  price_version: string | null;
  reverses_tx_id: string | null;
  actor: string;
  actor_name: string | null;
  reason: string | null;
  effective_at: string;
  created_at: string;
}

/** What `StoredTx` needs, from `ledger_txs t` and `ledgerJoins`. */
export const ledgerColumns = (sql: Reader): Fragment => sql`
  t.id, t.type, t.amount_micros, t.balance_after_micros, nullif(t.agent_id, '') as agent_id, a.name as agent_name,
  t.event_count, t.price_version, t.reverses_tx_id, t.actor, coalesce(u.name, k.name) as actor_name, t.reason,
  t.effective_at, t.created_at`;

export const ledgerJoins = (sql: Reader): Fragment => sql`
  left join agents a on a.organization_id = t.organization_id and a.id = t.agent_id
  left join users u on t.actor = 'user:' || u.id
  left join api_tokens k on t.actor = 'apiToken:' || k.id`;

/** The wire form. */
export function toLedgerTx(row: StoredTx): LedgerTx {
  const type = TxType.parse(row.type);
  const category = CATEGORY_OF[type];
  return {
    id: encodeId("tx", row.id),
    type,
    category: category === null ? null : LedgerCategory.parse(category),
    amountMicros: row.amount_micros,
    balanceAfterMicros: row.balance_after_micros,
    description: describeTx({
      type,
      eventCount: row.event_count,
      agentName: row.agent_name ?? row.agent_id,
      reason: row.reason,
    }),
    agentId: row.agent_id,
    agentName: row.agent_name,
    eventCount: row.event_count,
    priceVersion: row.price_version,
    reversesTxId: row.reverses_tx_id === null ? null : encodeId("tx", row.reverses_tx_id),
    actor: row.actor_name ?? row.actor,
    reason: row.reason,
    effectiveAt: new Date(row.effective_at).toISOString(),
    createdAt: new Date(row.created_at).toISOString(),
  };
}
