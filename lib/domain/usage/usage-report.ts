import type { Sql } from "postgres";
import type { UsageGroup, UsageQuery, UsageReport } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import type { Ctx } from "../access/index.ts";
import { type UsageConditions, usageCells } from "./usage-cells.ts";
import { usageLabels } from "./usage-labels.ts";
import { type SummedCells, summedColumns, UsageSum } from "./usage-totals.ts";
import {
  comparedWindow,
  completeTo,
  type HourWindow,
  isoWindow,
  spanHoursOf,
  spanOrigin,
  spanStarts,
  usageWindow,
} from "./usage-window.ts";

const { usageGroupsMax } = limits.money;

type Asked = Pick<UsageQuery, "from" | "to" | "by" | "compare">;

/** A window of use by one dimension, under conditions; see `getUsage`. */
export async function usageReport(ctx: Ctx, asked: Asked, conditions: UsageConditions): Promise<UsageReport> {
  const { sql } = ctx.database;
  const nowMs = ctx.clock.nowMs();
  const window = usageWindow(asked, nowMs);
  const compared = comparedWindow(window, asked.compare, nowMs);
  const question = { organizationId: ctx.organization.id, conditions, by: [asked.by] };
  const [cells, series] = await Promise.all([
    readGroups(sql, { ...question, window, compared }),
    readSeries(sql, { ...question, by: [], window }),
  ]);
  const totals = new UsageSum();
  const totalsBefore = new UsageSum();
  for (const cell of cells) (cell.is_now ? totals : totalsBefore).add(cell);
  const keys = [...new Set(cells.map(({ key }) => key))];
  const [labelOf, slugOf] = await Promise.all([
    usageLabels(sql, ctx.organization.id, asked.by, keys),
    serverSlugs(sql, ctx.organization.id),
  ]);
  return {
    window: isoWindow(window),
    compared: compared && isoWindow(compared),
    by: asked.by,
    totals: totals.totals(),
    totalsBefore: compared && totalsBefore.totals(),
    groups: groupsOf(cells, { isCompared: compared !== null, labelOf, slugOf }),
    groupsAreCapped: cells.some(({ is_capped }) => is_capped),
    series,
    spanMinutes: spanHoursOf(window) * 60,
    completeTo: new Date(completeTo(window, nowMs)).toISOString(),
  };
}

interface Question {
  organizationId: string;
  conditions: UsageConditions;
  by: readonly UsageQuery["by"][];
  window: HourWindow;
}

interface GroupCell extends SummedCells {
  key: string;
  is_now: boolean;
  /** Sums up values that are not listed. */
  is_capped: boolean;
  /** Of its calls; null without any. */
  first_server: string | null;
  last_server: string | null;
}

/**
 * What each value of the dimension came to in both windows, per bucket of duration. Values beyond
 * `limits.money.usageGroupsMax` are one: those that changed least. Rows of a value come together, in the order of the report.
 */
async function readGroups(
  sql: Sql,
  question: Question & { compared: HourWindow | null },
): Promise<GroupCell[]> {
  const { compared } = question;
  const rows = await sql<GroupCell[]>`
    with cells as materialized (
      select key0 as key, is_now, duration_bucket, ${summedColumns(sql)},
        min(place) filter (where calls > 0) as first_server, max(place) filter (where calls > 0) as last_server
      from (
        select true as is_now, * from (${usageCells(sql, question, "server_id")}) now_cells
        ${compared === null ? sql`` : sql`union all select false, * from (${usageCells(sql, { ...question, window: compared }, "server_id")}) before_cells`}
      ) counted group by 1, 2, 3
    ), sizes as (
      select key, coalesce(sum(calls) filter (where is_now), 0) as calls,
        coalesce(sum(calls) filter (where not is_now), 0) as calls_before,
        coalesce(sum(spent) filter (where is_now), 0) as spent,
        coalesce(sum(spent) filter (where not is_now), 0) as spent_before
      from cells group by key
    ), ranked as (
      select key, row_number() over (
        order by key = ${OTHER_NAMES},
          ${compared === null ? sql`` : sql`abs(calls - calls_before) desc, abs(spent - spent_before) desc,`}
          calls desc, spent desc, calls_before desc, key
      ) as place from sizes
    ), listed as (
      select key, case when place > ${usageGroupsMax} then ${OTHER_NAMES} else key end as shown,
        place > ${usageGroupsMax} and key <> ${OTHER_NAMES} as is_capped,
        least(place, ${usageGroupsMax + 1}) as place
      from ranked
    )
    select shown as key, is_now, duration_bucket, bool_or(is_capped) as is_capped,
      sum(calls)::bigint as calls, sum(errors)::bigint as errors, sum(runtime_errors)::bigint as runtime_errors,
      sum(denied)::bigint as denied, sum(request_bytes)::bigint as request_bytes,
      sum(response_bytes)::bigint as response_bytes, max(response_bytes_max)::bigint as response_bytes_max,
      sum(spent)::bigint as spent, min(first_server) as first_server, max(last_server) as last_server
    from cells join listed using (key)
    group by shown, is_now, duration_bucket
    order by max(place), shown, is_now, duration_bucket`;
  return [...rows];
}

interface Words {
  isCompared: boolean;
  labelOf(key: string): string;
  slugOf: ReadonlyMap<string, string>;
}

function groupsOf(cells: readonly GroupCell[], { isCompared, labelOf, slugOf }: Words): UsageGroup[] {
  const groups = new Map<string, { now: UsageSum; before: UsageSum; servers: Set<string> }>();
  for (const cell of cells) {
    const group = groups.get(cell.key) ?? { now: new UsageSum(), before: new UsageSum(), servers: new Set() };
    groups.set(cell.key, group);
    (cell.is_now ? group.now : group.before).add(cell);
    for (const server of [cell.first_server, cell.last_server])
      if (cell.is_now && server !== null) group.servers.add(server);
  }
  return [...groups].map(([key, { now, before, servers }]) => ({
    key,
    label: labelOf(key),
    serverSlug: servers.size === 1 ? (slugOf.get([...servers][0] ?? "") ?? null) : null,
    now: now.totals(),
    before: isCompared ? before.totals() : null,
    callsChange: isCompared ? now.calls - before.calls : null,
    spentChangeMicros: isCompared ? String(now.spentMicros - before.spentMicros) : null,
  }));
}

/** Slugs of the servers that are there, by id. */
async function serverSlugs(sql: Sql, organizationId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; slug: string }[]>`
    select id, slug from servers where organization_id = ${organizationId} and deleted_at is null`;
  return new Map(rows.map(({ id, slug }) => [id, slug]));
}

async function readSeries(sql: Sql, question: Question): Promise<UsageReport["series"]> {
  const spanHours = spanHoursOf(question.window);
  const rows = await sql<(SummedCells & { start_ms: string })[]>`
    select (extract(epoch from date_bin(${`${spanHours} hours`}::interval, place,
        ${new Date(spanOrigin(spanHours)).toISOString()}::timestamptz)) * 1000)::bigint as start_ms,
      duration_bucket, ${summedColumns(sql)}
    from (${usageCells(sql, question, "hour")}) counted group by 1, 2`;
  const sums = new Map<number, UsageSum>();
  for (const row of rows) {
    const startMs = Number(row.start_ms);
    sums.set(startMs, (sums.get(startMs) ?? new UsageSum()).add(row));
  }
  return spanStarts(question.window, spanHours).map((startMs) => {
    const { calls, errors, responseBytes, p95Ms, spentMicros } = (
      sums.get(startMs) ?? new UsageSum()
    ).totals();
    return { start: new Date(startMs).toISOString(), calls, errors, responseBytes, p95Ms, spentMicros };
  });
}
