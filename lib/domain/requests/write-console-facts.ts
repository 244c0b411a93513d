import type { Database } from "#lib/db/index.ts";
import { numberArray, textArray } from "./array-literals.ts";
import { countStored } from "./count-stored.ts";
import { levelNumber } from "./fact-levels.ts";
import type { ConsoleFact } from "./facts.ts";

/**
 * Stores the lines of servers that keep a history and counts them by span, in one statement. Safe to repeat, in any
 * grouping: a stored line stays as it is and counts once. Answers how many rows were new. Throws what the driver throws.
 */
export async function writeConsoleFacts(database: Database, facts: readonly ConsoleFact[]): Promise<number> {
  const kept = facts.filter((fact) => fact.retentionDays > 0);
  if (kept.length === 0) return 0;
  const text = (read: (fact: ConsoleFact) => string | null): string => textArray(kept, read);
  const number = (read: (fact: ConsoleFact) => number): string => numberArray(kept, read);
  const { sql } = database;
  // In the order of ids: two writers that repeat the same lines wait for each other, but never in a circle.
  const [row] = await sql<{ stored: number }[]>`
    with stored as (
      insert into console_log (id, organization_id, server_id, version_id, request_id, epoch, seq, level, method,
        message, truncated, bytes)
      select id, organization_id, server_id, version_id, request_id, epoch, seq, level, method,
        message, truncated = 1, bytes
      from unnest(
        ${text((fact) => fact.id)}::text::uuid[],
        ${text((fact) => fact.organizationId)}::text::text[],
        ${text((fact) => fact.serverId)}::text::text[],
        ${text((fact) => fact.versionId)}::text::text[],
        ${text((fact) => fact.requestId)}::text::uuid[],
        ${text((fact) => fact.epoch)}::text::text[],
        ${number((fact) => fact.seq)}::text::bigint[],
        ${number((fact) => levelNumber(fact.level))}::text::smallint[],
        ${text((fact) => fact.method)}::text::text[],
        ${text((fact) => fact.message)}::text::text[],
        ${number((fact) => (fact.truncated ? 1 : 0))}::text::int[],
        ${number((fact) => fact.bytes)}::text::int[]
      ) as u(id, organization_id, server_id, version_id, request_id, epoch, seq, level, method, message, truncated,
        bytes)
      order by id
      on conflict do nothing
      returning organization_id, server_id, level, id
    ), ${countStored(sql, "console")}
    select count(*)::int as stored from stored`;
  return row?.stored ?? 0;
}
