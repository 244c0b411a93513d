import type { ISql } from "postgres";
import { timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { storableJson, storableText } from "#lib/kernel/text.ts";
import { numberArray, textArray } from "./array-literals.ts";
import { countStored } from "./count-stored.ts";
import { durationBucket } from "./duration-buckets.ts";
import { levelNumber, levelOfRequest } from "./fact-levels.ts";
import type { RequestFact } from "./facts.ts";
import { storable } from "./storable-fact.ts";

const HOUR_MS = 3_600_000;
const { text, count, integer, durationMs } = storable;

/** A batch whose facts are different ones, with the names under which the rollups count each of them. */
export interface NamedBatch {
  readonly facts: readonly RequestFact[];
  /** By the place of the fact. */
  readonly tools: readonly string[];
  readonly clients: readonly string[];
  readonly region: string;
  readonly node: string;
}

/** JSON that a column can hold; an explanation beyond its bound keeps only its advice. */
function explanationText({ decision }: RequestFact): string | null {
  if (!decision?.explanation) return null;
  const whole = storableJson(decision.explanation);
  if (whole.length <= limits.requests.explanationCharactersMax) return whole;
  const fix = decision.explanation.fix.slice(0, limits.requests.errorCharactersMax);
  return storableJson({ presented: {}, expected: {}, fix });
}

/**
 * The statement that `writeRequestFacts` promises: rows, what was said in them, and all counts, or nothing. A fact that
 * was stored, counted or billed before adds nothing. Answers how many rows were stored.
 */
export async function storeRequestFacts(sql: ISql, batch: NamedBatch): Promise<number> {
  const { facts } = batch;
  const name = (read: (fact: RequestFact) => string | null): string =>
    textArray(facts, read, (value) => text(value, limits.requests.nameCharactersMax));
  const id = (read: (fact: RequestFact) => string | null): string => textArray(facts, read);
  const number = (read: (fact: RequestFact) => number | null): string => numberArray(facts, read);
  const spoken = facts.flatMap((fact) => (fact.bodies ? [{ fact, bodies: fact.bodies }] : []));
  const charged = facts.filter((fact) => fact.billing?.charge);
  const [row] = await sql<{ stored: number }[]>`
    with ${billedBefore(sql, charged)} input as (
      select u.*, to_timestamp(u.hours * 3600.0) as hour from unnest(
        ${id((fact) => fact.id)}::text::uuid[],
        ${name((fact) => fact.organizationId)}::text::text[],
        ${name((fact) => fact.serverId)}::text::text[],
        ${name((fact) => fact.versionId)}::text::text[],
        ${id((fact) => fact.requestId)}::text::uuid[],
        ${number((fact) => levelNumber(levelOfRequest(fact.outcome, fact.kind)))}::text::smallint[],
        ${name((fact) => fact.outcome)}::text::text[],
        ${name((fact) => fact.kind)}::text::text[],
        ${name((fact) => fact.era)}::text::text[],
        ${name((fact) => fact.method)}::text::text[],
        ${name((fact) => fact.tool)}::text::text[],
        ${name((fact) => fact.source)}::text::text[],
        ${name((fact) => fact.clientName)}::text::text[],
        ${name((fact) => fact.clientVersion)}::text::text[],
        ${name((fact) => fact.sessionHash)}::text::text[],
        ${name((fact) => fact.agentId)}::text::text[],
        ${name((fact) => fact.gatewayId)}::text::text[],
        ${number((fact) => integer(fact.httpStatus) ?? 0)}::text::int[],
        ${number((fact) => integer(fact.rpcErrorCode))}::text::int[],
        ${textArray(
          facts,
          ({ error }) => error,
          (value) => text(value, limits.requests.errorCharactersMax),
        )}::text::text[],
        ${number((fact) => durationMs(fact.durationMs))}::text::real[],
        ${number((fact) => count(fact.requestBytes))}::text::bigint[],
        ${number((fact) => count(fact.responseBytes))}::text::bigint[],
        ${name((fact) => fact.traceId)}::text::text[],
        ${textArray(
          facts,
          ({ decision }) => decision?.principal ?? null,
          (value) => text(value, limits.requests.principalCharactersMax),
        )}::text::text[],
        ${name((fact) => fact.decision?.reason ?? null)}::text::text[],
        ${name((fact) => fact.decision?.grantId ?? null)}::text::text[],
        ${id(explanationText)}::text::text[],
        ${number((fact) => (fact.retentionDays > 0 ? 1 : 0))}::text::int[],
        ${number((fact) => Math.floor(timeOfUuid7(fact.id) / HOUR_MS))}::text::int[],
        ${textArray(batch.tools, (tool) => tool)}::text::text[],
        ${textArray(batch.clients, (client) => client)}::text::text[],
        ${number((fact) => durationBucket(fact.durationMs))}::text::smallint[],
        ${name((fact) => fact.endUser ?? null)}::text::text[],
        ${name((fact) => fact.agentSession ?? null)}::text::text[],
        ${name((fact) => fact.billing?.verdict ?? null)}::text::text[],
        ${id((fact) => fact.billing?.charge?.amountMicros ?? null)}::text::bigint[]
      ) as u(id, organization_id, server_id, version_id, request_id, level, outcome, kind, era, method, tool, source,
        client_name, client_version, session_hash, agent_id, gateway_id, http_status, rpc_error_code, error,
        duration_ms, request_bytes, response_bytes, trace_id, principal, decision, grant_id,
        explanation, keep, hours, tool_key, client_key, duration_bucket, end_user, agent_session, billing,
        amount_micros)
      ${
        charged.length === 0
          ? sql``
          : sql`where not exists (select 1 from billed b 
        where b.organization_id = u.organization_id and b.id = u.id)`
      }
    ), unkept as (
      insert into counted_facts (id) select id from input where keep = 0 order by id
      on conflict do nothing
      returning id
    ), stored as (
      insert into request_log (id, organization_id, server_id, version_id, request_id, level, outcome, kind, era,
        method, tool, source, client_name, client_version, session_hash, agent_id, gateway_id, region, node,
        http_status, rpc_error_code, error, duration_ms, request_bytes, response_bytes, trace_id,
        principal, decision, grant_id, explanation, end_user, agent_session, billing, amount_micros)
      select id, organization_id, server_id, version_id, request_id, level, outcome, kind, era,
        method, tool, source, client_name, client_version, session_hash, agent_id, gateway_id,
        ${batch.region}::text, ${batch.node}::text,
        http_status, rpc_error_code, error, duration_ms, request_bytes, response_bytes, trace_id,
        principal, decision, grant_id, explanation::jsonb, end_user, agent_session, billing, amount_micros
      from input where keep = 1
      order by id
      on conflict do nothing
      returning organization_id, server_id, level, id
    ), said as (
      insert into request_bodies (id, organization_id, server_id, request, response, request_bytes, response_bytes)
      select * from unnest(
        ${textArray(spoken, ({ fact }) => fact.id)}::text::uuid[],
        ${textArray(spoken, ({ fact }) => fact.organizationId)}::text::text[],
        ${textArray(spoken, ({ fact }) => fact.serverId)}::text::text[],
        ${textArray(spoken, ({ bodies }) => bodies.request, storableText)}::text::text[],
        ${textArray(spoken, ({ bodies }) => bodies.response, storableText)}::text::text[],
        ${numberArray(spoken, ({ bodies }) => count(bodies.requestBytes))}::text::bigint[],
        ${numberArray(spoken, ({ bodies }) => count(bodies.responseBytes))}::text::bigint[]
      ) as u(id, organization_id, server_id, request, response, request_bytes, response_bytes)
      where id in (select id from stored)
      order by id
      on conflict do nothing
    ), fresh as (
      select * from input where id in (select id from stored) or id in (select id from unkept)
    ), counted as (
      insert into request_rollup (organization_id, server_id, hour, source, kind, tool, outcome, duration_bucket,
        level, calls, stored, request_bytes, response_bytes, duration_ms_sum,
        duration_ms_max, request_bytes_max, response_bytes_max)
      select organization_id, server_id, hour, source, kind, tool_key, outcome, duration_bucket,
        min(level), count(*), sum(keep), sum(request_bytes), sum(response_bytes), sum(duration_ms::float8),
        max(duration_ms), max(request_bytes), max(response_bytes)
      from fresh
      group by 1, 2, 3, 4, 5, 6, 7, 8
      order by 1, 2, 3, 4, 5, 6, 7, 8
      on conflict (organization_id, server_id, hour, source, kind, tool, outcome, duration_bucket) do update set
        calls = request_rollup.calls + excluded.calls,
        stored = request_rollup.stored + excluded.stored,
        request_bytes = request_rollup.request_bytes + excluded.request_bytes,
        response_bytes = request_rollup.response_bytes + excluded.response_bytes,
        duration_ms_sum = request_rollup.duration_ms_sum + excluded.duration_ms_sum,
        duration_ms_max = greatest(request_rollup.duration_ms_max, excluded.duration_ms_max),
        request_bytes_max = greatest(request_rollup.request_bytes_max, excluded.request_bytes_max),
        response_bytes_max = greatest(request_rollup.response_bytes_max, excluded.response_bytes_max)
    ), used as (
      insert into usage_rollup (organization_id, hour, server_id, tool, agent_id, client, source, region, outcome,
        duration_bucket, calls, request_bytes, response_bytes, duration_ms_sum,
        duration_ms_max, request_bytes_max, response_bytes_max)
      select organization_id, hour, server_id, tool_key, coalesce(agent_id, ''), client_key, source,
        ${batch.region}::text, outcome, duration_bucket,
        count(*), sum(request_bytes), sum(response_bytes), sum(duration_ms::float8),
        max(duration_ms), max(request_bytes), max(response_bytes)
      from fresh
      where kind = 'request' and method = 'tools/call'
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
      order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
      on conflict (organization_id, hour, server_id, tool, agent_id, client, source, region, outcome, duration_bucket)
      do update set
        calls = usage_rollup.calls + excluded.calls,
        request_bytes = usage_rollup.request_bytes + excluded.request_bytes,
        response_bytes = usage_rollup.response_bytes + excluded.response_bytes,
        duration_ms_sum = usage_rollup.duration_ms_sum + excluded.duration_ms_sum,
        duration_ms_max = greatest(usage_rollup.duration_ms_max, excluded.duration_ms_max),
        request_bytes_max = greatest(usage_rollup.request_bytes_max, excluded.request_bytes_max),
        response_bytes_max = greatest(usage_rollup.response_bytes_max, excluded.response_bytes_max)
    ), decided as (
      insert into gateway_rollup (organization_id, gateway_id, hour, decision, calls)
      select organization_id, gateway_id, hour, coalesce(decision, 'allowed'), count(*)
      from fresh
      where gateway_id is not null and kind in ('request', 'invalid')
      group by 1, 2, 3, 4
      order by 1, 2, 3, 4
      on conflict (organization_id, gateway_id, hour, decision) do update set
        calls = gateway_rollup.calls + excluded.calls
    ), ${countStored(sql, "requests")}
    select count(*)::int as stored from stored`;
  return row?.stored ?? 0;
}

/**
 * Which of the charged facts were billed before, and so counted, for both happen in one transaction: their rows may be long gone,
 * what they cost stays known.
 */
const billedBefore = (sql: ISql, charged: readonly RequestFact[]) =>
  charged.length === 0
    ? sql``
    : sql`billed as (
        select organization_id, id from usage_events
        where organization_id = any(${[...new Set(charged.map((fact) => fact.organizationId))]}::text[])
          and id = any(${charged.map((fact) => fact.id)}::uuid[])
      ),`;
