import type { Fragment, Sql } from "postgres";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import {
  type CountedWindow,
  coverWindow,
  cutToWindow,
  DAY_MS,
  QUARTER_MS,
  type Span,
  type SpannedRows,
  type Stretch,
  spansBefore,
  spansOfPage,
} from "./counted-spans.ts";
import type { LogView } from "./log-view.ts";
import { HOUR_MS, hourOf, idBounds } from "./visible-window.ts";

const QUARTERS_PER_DAY = DAY_MS / QUARTER_MS;

/** Leads to any place of a counted log without walking to it. */
export interface PageMap {
  readonly total: number;
  /** Where the rows from `offset` on are; null behind the last one. */
  page(offset: number, rowsMax: number): Promise<SpannedRows | null>;
  /** Where the rows just older than a row of the millisecond `beforeMs` are. */
  before(beforeMs: number, rowsMax: number): Promise<readonly Span[]>;
}

/** The map of a view, from the counts that know all of what it asks for; null when none do. */
export async function pageMap(sql: Sql, view: LogView): Promise<PageMap | null> {
  if (view.countedBy === null) return null;
  if (view.window.toMs <= view.window.fromMs) {
    return { total: 0, page: async () => null, before: async () => [] };
  }
  return view.countedBy === "levels" ? mapByLevels(sql, view) : mapByHours(sql, view);
}

/** Days lead to quarters of an hour, and these to the rows. */
async function mapByLevels(sql: Sql, view: LogView): Promise<PageMap> {
  const counted = await countDays(sql, view);
  /** Days in quarters, as far as they are needed. */
  const finer = async (spans: readonly Span[], rowsMax: number): Promise<Span[]> => {
    const days = spans.filter(isDay);
    const newest = days[0];
    if (newest === undefined) return [...spans];
    const quarters = await newestQuarters(
      sql,
      view,
      newest.toMs,
      days.at(-1)?.fromMs ?? newest.fromMs,
      rowsMax,
    );
    return [...spans.filter((span) => !isDay(span)), ...quarters].sort((a, b) => b.fromMs - a.fromMs);
  };
  return {
    total: counted.total,
    async page(offset, rowsMax) {
      const coarse = spansOfPage(counted.spans, offset, rowsMax);
      if (coarse === null) return null;
      return spansOfPage(await finer(coarse.spans, rowsMax), coarse.skip, rowsMax);
    },
    async before(beforeMs, rowsMax) {
      const coarse = spansBefore(counted.spans, beforeMs, rowsMax);
      return spansBefore(await finer(coarse, rowsMax), beforeMs, rowsMax);
    },
  };
}

const isDay = (span: Span): boolean => span.toMs - span.fromMs === DAY_MS;

async function countDays(sql: Sql, view: LogView): Promise<CountedWindow> {
  const cells = await countsOf(sql, view, DAY_MS);
  return cutToWindow(
    cells.map(({ fromMs, spanMs, rows }) => ({ fromMs, toMs: fromMs + spanMs, rows })),
    view.window,
    { newer: cells[0]?.newer ?? 0, older: cells[0]?.older ?? 0 },
  );
}

interface CountedCell {
  fromMs: number;
  spanMs: number;
  rows: number;
  newer: number;
  older: number;
}

async function countsOf(sql: Sql, view: LogView, spanMs: number): Promise<CountedCell[]> {
  const stretches = coverWindow(view.window, spanMs);
  const rows = await sql<
    { from_ms: string; span_minutes: number; rows: string; newer: string; older: string }[]
  >`
    select (extract(epoch from start) * 1000)::bigint as from_ms, span_minutes, sum(rows)::bigint as rows,
      (${countBeyond(sql, view, "newer", QUARTER_MS)}) as newer, (${countBeyond(sql, view, "older", QUARTER_MS)}) as older
    from (${cellsIn(sql, view, stretches)}) cells
    group by start, span_minutes having sum(rows) > 0`;
  return rows.map((row) => ({
    fromMs: Number(row.from_ms),
    spanMs: row.span_minutes * 60_000,
    rows: Number(row.rows),
    newer: Number(row.newer),
    older: Number(row.older),
  }));
}

/** The counts of the stretches, by span and level. */
export const cellsIn = (sql: Sql, view: LogView, stretches: readonly Stretch[]): Fragment =>
  stretches
    .map(
      ({ spanMs, fromMs, toMs }) => sql`
        select start, span_minutes, level, rows from log_counts
        where ${ofLog(sql, view, spanMs)} and start >= ${at(fromMs)}::timestamptz and start < ${at(toMs)}::timestamptz`,
    )
    .reduce((all, one) => sql`${all} union all ${one}`);

const ofLog = (sql: Sql, view: LogView, spanMs: number): Fragment => sql`
  organization_id = ${view.organizationId} and server_id = ${view.serverId} and log = ${view.log}
  and span_minutes = ${spanMs / 60_000}
  ${view.levels === undefined ? sql`` : sql`and level in ${sql([...view.levels])}`}`;

/** The bounds of what the outermost spans of `spanMs` hold beyond the window, as ids. */
export function beyondWindow(
  { window }: LogView,
  side: "newer" | "older",
  spanMs: number,
): { fromId: string; toId: string } {
  const { fromId, toId } = idBounds(window);
  return side === "newer"
    ? { fromId: toId, toId: uuid7Floor(Math.ceil(window.toMs / spanMs) * spanMs) }
    : { fromId: uuid7Floor(Math.floor(window.fromMs / spanMs) * spanMs), toId: fromId };
}

function countBeyond(sql: Sql, view: LogView, side: "newer" | "older", spanMs: number): Fragment {
  const { fromId, toId } = beyondWindow(view, side, spanMs);
  return sql`
    select count(*) from ${sql(view.table)}
    where server_id = ${view.serverId} and id >= ${fromId} and id < ${toId} ${view.matches}`;
}

/** The newest quarters before `toMs` that have rows: enough for `rowsMax` rows after any place in the newest day. */
async function newestQuarters(
  sql: Sql,
  view: LogView,
  toMs: number,
  fromMs: number,
  rowsMax: number,
): Promise<Span[]> {
  const rows = await sql<{ from_ms: string; rows: string }[]>`
    select (extract(epoch from start) * 1000)::bigint as from_ms, sum(rows)::bigint as rows from log_counts
    where ${ofLog(sql, view, QUARTER_MS)} and start >= ${at(fromMs)}::timestamptz and start < ${at(toMs)}::timestamptz
    group by start having sum(rows) > 0
    order by start desc limit ${rowsMax + QUARTERS_PER_DAY}`;
  return rows.map((row) => {
    const quarterMs = Number(row.from_ms);
    return { fromMs: quarterMs, toMs: quarterMs + QUARTER_MS, rows: Number(row.rows) };
  });
}

/** The hourly counts of requests lead to the rows. Null when they do not know the tool that is asked for. */
async function mapByHours(sql: Sql, view: LogView): Promise<PageMap | null> {
  const { window, hourly } = view;
  if (hourly === null) return null;
  const hours = sql`
    organization_id = ${view.organizationId} and server_id = ${view.serverId} and stored > 0
    and hour >= ${at(hourOf(window.fromMs))}::timestamptz
    and hour < ${at(hourOf(window.toMs - 1) + HOUR_MS)}::timestamptz`;
  if (hourly.namesTool) {
    const [row] = await sql<{ others: boolean }[]>`
      select exists (select 1 from request_rollup where ${hours} and tool = ${OTHER_NAMES}) as others`;
    if (row?.others) return null;
  }
  const rows = await sql<{ from_ms: string; rows: string; newer: string; older: string }[]>`
    select (extract(epoch from hour) * 1000)::bigint as from_ms, sum(stored)::bigint as rows,
      (${countBeyond(sql, view, "newer", HOUR_MS)}) as newer, (${countBeyond(sql, view, "older", HOUR_MS)}) as older
    from request_rollup where ${hours} ${hourly.matches}
    group by hour`;
  const cells = rows.map((row) => {
    const hourMs = Number(row.from_ms);
    return { fromMs: hourMs, toMs: hourMs + HOUR_MS, rows: Number(row.rows) };
  });
  const beyond = { newer: Number(rows[0]?.newer ?? 0), older: Number(rows[0]?.older ?? 0) };
  const { total, spans } = cutToWindow(cells, window, beyond);
  return {
    total,
    page: async (offset, rowsMax) => spansOfPage(spans, offset, rowsMax),
    before: async (beforeMs, rowsMax) => spansBefore(spans, beforeMs, rowsMax),
  };
}

const at = (ms: number): string => new Date(ms).toISOString();
