import type { Fragment, ISql } from "postgres";
import { COMPARE_DIMENSIONS, type CompareDimension } from "#lib/contract/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Counts } from "./find-shifts.ts";

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

export interface CountedWindow {
  readonly total: Counts;
  /** The most frequent values of each dimension over all windows, by dimension and key. */
  readonly values: ReadonlyMap<string, CountedValue>;
  /** It has more rows than were read. */
  readonly isSampled: boolean;
}

export interface CountedValue extends Counts {
  readonly dimension: CompareDimension;
  readonly key: string;
}

const { rowsReadMax, comparedValuesMax } = limits.incidents;

interface Row {
  place: number;
  dimension: number | null;
  key: string | null;
  calls: number;
  errors: number;
  rows: number;
}

/**
 * Counts the tool calls of each window by every dimension, in one pass over the newest `limits.incidents.rowsReadMax` rows of
 * each. Rows are first counted by all dimensions together (as one value, which is hashed where ten columns would be sorted),
 * which leaves few, and those then by each. A failed call is one
 * that did not end well, whoever's fault it was.
 */
export async function countWindows(
  sql: ISql,
  calls: ComparedCalls,
  spans: readonly Span[],
): Promise<CountedWindow[]> {
  const read = spans.map((span, place) => rowsOf(sql, calls, span, place));
  const rows = await sql<Row[]>`
    with read as (${read.reduce((all, one) => sql`${all} union all ${one}`)}), cells as (
      select place, cell[1] as client, cell[2] as agent, cell[3] as source, cell[4] as tool, cell[5] as key,
        cell[6] as region, cell[7] as version, cell[8] as outcome, cell[9] as size, rows, calls, errors
      from (
        select place, cell, count(*) as rows, count(*) filter (where is_call) as calls,
          count(*) filter (where is_call and level >= 2) as errors
        from read group by place, cell
      ) counted
    ), summed as (
      select place, grouping(client, agent, source, tool, key, region, version, outcome, size) as mask,
        coalesce(client, agent, source, tool, key, region, version, outcome, size) as key,
        sum(calls)::int as calls, sum(errors)::int as errors, sum(rows)::int as rows
      from cells
      group by place, grouping sets
        ((client), (agent), (source), (tool), (key), (region), (version), (outcome), (size), ())
    ), ranked as (
      select *, dense_rank() over (partition by mask order by most desc, key) as rank
      from (select *, max(calls) over (partition by mask, key) as most from summed) compared
      where most > 0 or mask = ${ALL_MASK}
    )
    select place, array_position(${MASKS}::int[], mask) as dimension, key, calls, errors, rows
    from ranked where rank <= ${comparedValuesMax}`;
  return spans.map((_, place) => {
    const own = rows.filter((row) => row.place === place);
    const total = own.find(({ dimension }) => dimension === null);
    const values = own.flatMap(({ dimension: at, key, calls, errors }): CountedValue[] => {
      const dimension = dimensionAt(at);
      return dimension === undefined ? [] : [{ dimension, key: key ?? "", calls, errors }];
    });
    return {
      total: { calls: total?.calls ?? 0, errors: total?.errors ?? 0 },
      values: new Map(values.map((value) => [`${value.dimension} ${value.key}`, value])),
      isSampled: (total?.rows ?? 0) >= rowsReadMax,
    };
  });
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
  place: number,
): Fragment {
  const ofServer = serverId === null ? sql`` : sql`and server_id = ${serverId}`;
  const ofAgent = agentId == null ? sql`` : sql`and agent_id = ${agentId}`;
  const ofTool = tool == null ? sql`` : sql`and tool = ${tool}`;
  return sql`(
    select ${place}::int as place, level,
      (kind = 'request' and method = 'tools/call' and source in ('agent', 'embed', 'external')
        ${ofAgent} ${ofTool}) is true as is_call,
      array[coalesce(client_name, ''), coalesce(agent_id, ''), source, coalesce(tool, ''), coalesce(principal, ''),
        region, coalesce(version_id, ''), outcome, case when response_bytes < 1024 then 'under_1_kib' when response_bytes < 16384 then 'under_16_kib'
        when response_bytes < 262144 then 'under_256_kib' when response_bytes < 4194304 then 'under_4_mib'
        else 'from_4_mib' end] as cell
    from request_log
    where organization_id = ${organizationId} ${ofServer}
      and id >= ${uuid7Floor(fromMs)}::uuid and id < ${uuid7Floor(toMs)}::uuid
    order by id desc limit ${rowsReadMax})`;
}
