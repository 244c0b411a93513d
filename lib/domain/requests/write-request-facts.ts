import type { TransactionSql } from "postgres";
import type { Database } from "#lib/db/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource, type IdSource, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type SettledUsage, type Settlement, settleUsage } from "../ledger/index.ts";
import type { RequestBatch } from "./facts.ts";
import { type RollupNames, rollupNamesOf } from "./rollup-names.ts";
import { storable } from "./storable-fact.ts";
import { type NamedBatch, storeRequestFacts } from "./store-request-facts.ts";

export interface WriteOptions {
  names: RollupNames;
  nowMs(): number;
  ids: Pick<IdSource, "uuid">;
  /** Told of charges that the ledger did not take: nobody pays for them. */
  onRefused(refused: SettledUsage["refused"]): void;
}

const systemIds = createIdSource();

/**
 * Stores the rows of a batch with what was said in them, and counts them in the hourly rollups and by span, in one
 * statement: either all of it happened or none. What the calls cost is settled with the ledger in the same transaction.
 * Facts whose server keeps no history are counted and billed, not stored. Safe to repeat, in any grouping: a fact counts
 * once for as long as `limits.requests.countedMemoryMs`, and a billed one counts and is billed once, ever. Text is cut and
 * cleaned, so that no client can poison a batch. Answers how many rows were stored. Throws what the driver throws.
 */
export async function writeRequestFacts(
  database: Database,
  batch: RequestBatch,
  options: Partial<WriteOptions> = {},
): Promise<number> {
  const facts = [...new Map(batch.facts.map((fact) => [fact.id, fact])).values()];
  if (facts.length === 0) return 0;
  const named = nameBatch({ ...batch, facts }, options.names ?? rollupNamesOf(database));
  const settlements = settlementsOf(named);
  if (settlements.length === 0) return storeRequestFacts(database.sql, named);
  const { nowMs = systemClock.nowMs, ids = systemIds, onRefused } = options;
  const run = { nowMs: nowMs(), node: batch.node, newId: () => ids.uuid() };
  // No person acts here, so there is nobody to authorize and nothing to audit: the ledger is the record.
  return database.sql.begin(async (tx) => {
    const stored = await storeRequestFacts(tx, named);
    // The books come last: whoever else moves money of these organizations waits only for that.
    const { refused } = await settleUsage(tx, settlements, run);
    if (refused.length > 0) {
      await showAsFree(tx, refused);
      onRefused?.(refused);
    }
    return stored;
  });
}

const nameBatch = (batch: RequestBatch, names: RollupNames): NamedBatch => ({
  ...batch,
  tools: batch.facts.map((fact) => names.tool(fact.serverId, fact.tool)),
  clients: batch.facts.map((fact) => names.client(fact.organizationId, fact.clientName)),
});

/** What the charged facts of a batch cost, and under which names that is counted. */
const settlementsOf = ({ facts, tools, clients, region }: NamedBatch): Settlement[] =>
  facts.flatMap((fact, place) => {
    const charge = fact.billing?.charge;
    if (!charge) return [];
    return {
      id: fact.id,
      organizationId: fact.organizationId,
      requestId: fact.requestId,
      serverId: fact.serverId,
      tool: cut(fact.tool),
      agentId: fact.agentId,
      client: cut(fact.clientName),
      source: fact.source,
      region,
      outcome: fact.outcome,
      endUser: cut(fact.endUser),
      agentSession: cut(fact.agentSession),
      occurredAtMs: timeOfUuid7(fact.id),
      countedAs: { tool: tools[place] ?? "", client: clients[place] ?? "" },
      charge,
    };
  });

const cut = (sent: string | null | undefined): string | null =>
  sent === null || sent === undefined ? null : storable.text(sent, limits.requests.nameCharactersMax);

/** The log says what the ledger says, also of a charge that it refused. */
async function showAsFree(tx: TransactionSql, refused: SettledUsage["refused"]): Promise<void> {
  await tx`
    update request_log set billing = 'zero_rated:invalid_charge', amount_micros = null
    where id = any(${refused.map(({ id }) => id)}::uuid[])`;
}
