import type { Database } from "#lib/db/index.ts";
import type { RequestBatch } from "./facts.ts";
import { type RollupNames, rollupNamesOf } from "./rollup-names.ts";
import { storeRequestFacts } from "./store-request-facts.ts";

export interface WriteOptions {
  names: RollupNames;
}

/**
 * Stores the rows of a batch with what was said in them, and counts them in the hourly rollups and by span, in one
 * statement: either all of it happened or none. Facts whose server keeps no history are counted, not stored. Safe to
 * repeat, in any grouping, for as long as `limits.requests.countedMemoryMs`: a fact counts once. Text is cut and cleaned, so
 * that no client can poison a batch. Answers how many rows were stored. Throws what the driver throws.
 */
export async function writeRequestFacts(
  database: Database,
  batch: RequestBatch,
  options: Partial<WriteOptions> = {},
): Promise<number> {
  const facts = [...new Map(batch.facts.map((fact) => [fact.id, fact])).values()];
  if (facts.length === 0) return 0;
  const names = options.names ?? rollupNamesOf(database);
  return storeRequestFacts(database.sql, {
    ...batch,
    facts,
    tools: facts.map((fact) => names.tool(fact.serverId, fact.tool)),
    clients: facts.map((fact) => names.client(fact.organizationId, fact.clientName)),
  });
}
