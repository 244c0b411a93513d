import type { Database } from "#lib/db/index.ts";
import { levelNumber } from "./fact-levels.ts";
import type { ConsoleFact } from "./facts.ts";

/**
 * Stores the lines of servers that keep a history. Safe to repeat: a stored line stays as it is. Answers how many
 * rows were new. Throws what the driver throws.
 */
export async function writeConsoleFacts(database: Database, facts: readonly ConsoleFact[]): Promise<number> {
  const kept = facts.filter((fact) => fact.retentionDays > 0);
  if (kept.length === 0) return 0;
  const column = <Value>(read: (fact: ConsoleFact) => Value): Value[] => kept.map(read);
  const result = await database.sql`
    insert into console_log (id, organization_id, server_id, version_id, request_id, epoch, seq, level, method,
      message, truncated, bytes)
    select id, organization_id, server_id, version_id, request_id, epoch, seq, level, method,
      message, truncated = 1, bytes
    from unnest(
      ${column((fact) => fact.id)}::uuid[],
      ${column((fact) => fact.organizationId)}::text[],
      ${column((fact) => fact.serverId)}::text[],
      ${column((fact) => fact.versionId)}::text[],
      ${column((fact) => fact.requestId)}::uuid[],
      ${column((fact) => fact.epoch)}::text[],
      ${column((fact) => fact.seq)}::bigint[],
      ${column((fact) => levelNumber(fact.level))}::smallint[],
      ${column((fact) => fact.method)}::text[],
      ${column((fact) => fact.message)}::text[],
      ${column((fact) => (fact.truncated ? 1 : 0))}::int[],
      ${column((fact) => fact.bytes)}::int[]
    ) as u(id, organization_id, server_id, version_id, request_id, epoch, seq, level, method, message, truncated, bytes)
    on conflict do nothing`;
  return result.count;
}
