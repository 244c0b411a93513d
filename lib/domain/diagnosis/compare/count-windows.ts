import type { Fragment, ISql } from "postgres";
import { COMPARE_DIMENSIONS, type CompareDimension } from "#lib/contract/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ComparedValue, Counts } from "./find-shifts.ts";

/** Epoch milliseconds, half-open. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which calls are compared: those of callers, never our own checks. Null: of all servers. */
export interface ComparedCalls {
  readonly organizationId: string;
  readonly serverId: string | null;
  readonly agentId?: string | null | undefined;
  readonly tool?: string | null | undefined;
}

export interface CountedWindows {
  readonly now: Counts;
  readonly before: Counts;
  /** The most frequent values of each dimension. */
  readonly values: readonly ComparedValue[];
  /** One of the windows has more rows than were read. */
  readonly isSampled: boolean;
}

const { rowsReadMax, comparedValuesMax } = limits.incidents;

interface Row {
  dimension: number | null;
  key: string | null;
  now_calls: number;
  now_errors: number;
  before_calls: number;
  before_errors: number;
  now_rows: number;
  before_rows: number;
}

/**
 * Counts the tool calls of both windows by every dimension in one pass over the newest `limits.incidents.rowsReadMax` rows of
 * each. Rows are first counted by all dimensions together, which leaves few, and those then by each. A failed call is one
 * that did not end well, whoever's fault it was.
 */
export async function countWindows(
  sql: ISql,
  calls: ComparedCalls,
  now: Span,
  before: Span,
): Promise<CountedWindows> {
  const rows = await sql<Row[]>`
    with read as (
      ${rowsOf(sql, calls, now, true)} union all ${rowsOf(sql, calls, before, false)}
    ), cells as (
      select is_now, client, agent, source, tool, key, region, version, outcome, size, count(*) as rows,
        count(*) filter (where is_call) as calls, count(*) filter (where is_call and level >= 2) as errors
      from read group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ), summed as (
      select grouping(client, agent, source, tool, key, region, version, outcome, size) as mask,
        coalesce(client, agent, source, tool, key, region, version, outcome, size) as key,
        coalesce(sum(calls) filter (where is_now), 0)::int as now_calls,
        coalesce(sum(errors) filter (where is_now), 0)::int as now_errors,
        coalesce(sum(calls) filter (where not is_now), 0)::int as before_calls,
        coalesce(sum(errors) filter (where not is_now), 0)::int as before_errors,
        coalesce(sum(rows) filter (where is_now), 0)::int as now_rows,
        coalesce(sum(rows) filter (where not is_now), 0)::int as before_rows
      from cells
      group by grouping sets
        ((client), (agent), (source), (tool), (key), (region), (version), (outcome), (size), ())
    ), ranked as (
      select *, row_number() over (
        partition by mask order by greatest(now_calls, before_calls) desc, key) as place
      from summed where now_calls + before_calls > 0 or mask = ${ALL_MASK}
    )
    select array_position(${MASKS}::int[], mask) as dimension, key, now_calls, now_errors, before_calls,
      before_errors, now_rows, before_rows
    from ranked where place <= ${comparedValuesMax}`;
  const total = rows.find(({ dimension }) => dimension === null);
  return {
    now: { calls: total?.now_calls ?? 0, errors: total?.now_errors ?? 0 },
    before: { calls: total?.before_calls ?? 0, errors: total?.before_errors ?? 0 },
    values: rows.flatMap((row) => {
      const dimension = dimensionAt(row.dimension);
      if (dimension === undefined) return [];
      return [
        {
          dimension,
          key: row.key ?? "",
          now: { calls: row.now_calls, errors: row.now_errors },
          before: { calls: row.before_calls, errors: row.before_errors },
        },
      ];
    }),
    isSampled: Math.max(total?.now_rows ?? 0, total?.before_rows ?? 0) >= rowsReadMax,
  };
}

/** GROUPING() sets a bit for each dimension that a set leaves out, the first dimension's being the highest. */
const ALL_MASK = 2 ** COMPARE_DIMENSIONS.length - 1;
const MASKS = COMPARE_DIMENSIONS.map((_, index) => ALL_MASK - 2 ** (COMPARE_DIMENSIONS.length - 1 - index));
const dimensionAt = (place: number | null): CompareDimension | undefined =>
  place === null ? undefined : COMPARE_DIMENSIONS[place - 1];

/** The newest rows of a window, of which only some are tool calls of callers: what is read is bounded, not what matches. */
function rowsOf(
  sql: ISql,
  { organizationId, serverId, agentId, tool }: ComparedCalls,
  { fromMs, toMs }: Span,
  isNow: boolean,
): Fragment {
  const ofServer = serverId === null ? sql`` : sql`and server_id = ${serverId}`;
  const ofAgent = agentId == null ? sql`` : sql`and agent_id = ${agentId}`;
  const ofTool = tool == null ? sql`` : sql`and tool = ${tool}`;
  return sql`(
    select ${isNow}::bool as is_now, level,
      (kind = 'request' and method = 'tools/call' and source in ('agent', 'embed', 'external')
        ${ofAgent} ${ofTool}) is true as is_call,
      coalesce(client_name, '') as client, coalesce(agent_id, '') as agent, source, coalesce(tool, '') as tool,
      coalesce(principal, '') as key, region, coalesce(version_id, '') as version, outcome,
      case when response_bytes < 1024 then 'under_1_kib' when response_bytes < 16384 then 'under_16_kib'
        when response_bytes < 262144 then 'under_256_kib' when response_bytes < 4194304 then 'under_4_mib'
        else 'from_4_mib' end as size
    from request_log
    where organization_id = ${organizationId} ${ofServer}
      and id >= ${uuid7Floor(fromMs)}::uuid and id < ${uuid7Floor(toMs)}::uuid
    order by id desc limit ${rowsReadMax})`;
}
