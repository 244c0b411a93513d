import type { LogLevel } from "#lib/contract/index.ts";
import type { Database } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { numberArray, textArray } from "./array-literals.ts";
import { countStored } from "./count-stored.ts";
import { levelNumber } from "./fact-levels.ts";
import type { UpstreamFact } from "./facts.ts";
import { storable } from "./storable-fact.ts";

const { nameCharactersMax, errorCharactersMax, urlCharactersMax } = limits.requests;
const HTTP_STATUS_MAX = 999;

/**
 * How much an outbound call matters. A refusal is a warning, because the platform did what it was told; a failure and
 * a 5xx of the upstream are errors, a 4xx is a warning.
 */
export function levelOfUpstreamCall(call: Pick<UpstreamFact, "outcome" | "httpStatus">): LogLevel {
  if (call.outcome === "failed" || call.outcome === "timeout" || call.outcome === "too_large") return "error";
  if (call.outcome === "refused") return "warn";
  const status = call.httpStatus ?? 0;
  if (status >= 500) return "error";
  return status >= 400 ? "warn" : "info";
}

/**
 * Stores the outbound calls of servers that keep a history and counts them by span, in one statement. Safe to repeat,
 * in any grouping. Answers how many rows were new. Throws what the driver throws.
 */
export async function writeUpstreamFacts(
  database: Database,
  facts: readonly UpstreamFact[],
): Promise<number> {
  const kept = facts.filter((fact) => fact.retentionDays > 0);
  if (kept.length === 0) return 0;
  const id = (read: (fact: UpstreamFact) => string | null): string => textArray(kept, read);
  const text = (read: (fact: UpstreamFact) => string | null, charactersMax: number): string =>
    textArray(kept, read, (value) => storable.text(value, charactersMax));
  const number = (read: (fact: UpstreamFact) => number | null): string => numberArray(kept, read);
  const { sql } = database;
  const [row] = await sql<{ stored: number }[]>`
    with stored as (
      insert into upstream_calls (id, organization_id, server_id, version_id, request_id, level, outcome, method, url,
        http_status, error, duration_ms, request_bytes, response_bytes)
      select * from unnest(
        ${id((fact) => fact.id)}::text::uuid[],
        ${id((fact) => fact.organizationId)}::text::text[],
        ${id((fact) => fact.serverId)}::text::text[],
        ${id((fact) => fact.versionId)}::text::text[],
        ${id((fact) => fact.requestId)}::text::uuid[],
        ${number((fact) => levelNumber(levelOfUpstreamCall(fact)))}::text::smallint[],
        ${id((fact) => fact.outcome)}::text::text[],
        ${text((fact) => fact.method, nameCharactersMax)}::text::text[],
        ${text((fact) => fact.url, urlCharactersMax)}::text::text[],
        ${number(({ httpStatus }) => (httpStatus !== null && httpStatus > HTTP_STATUS_MAX ? null : storable.integer(httpStatus)))}::text::smallint[],
        ${text((fact) => fact.error, errorCharactersMax)}::text::text[],
        ${number((fact) => storable.durationMs(fact.durationMs))}::text::real[],
        ${number((fact) => storable.count(fact.requestBytes))}::text::bigint[],
        ${number((fact) => storable.count(fact.responseBytes))}::text::bigint[]
      ) as u(id, organization_id, server_id, version_id, request_id, level, outcome, method, url, http_status, error,
        duration_ms, request_bytes, response_bytes)
      order by id
      on conflict do nothing
      returning organization_id, server_id, level, id
    ), ${countStored(sql, "upstream")}
    select count(*)::int as stored from stored`;
  return row?.stored ?? 0;
}
