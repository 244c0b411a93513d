import type { Sql } from "postgres";
import { type Histogram, HistogramQuery, LOG_LEVELS, type LogLevel } from "#lib/contract/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { coverWindow, DAY_MS, QUARTER_MS } from "./counted-spans.ts";
import { levelOfNumber } from "./fact-levels.ts";
import { type BarGrid, barGrid } from "./histogram-bars.ts";
import { beyondWindow, cellsIn } from "./log-counts.ts";
import { type LogView, logView, momentOf } from "./log-view.ts";
import { boundOfRows, timeOfId } from "./log-walk.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";
import { answeringInTime } from "./slow-query.ts";
import { HOUR_MS, idBounds } from "./visible-window.ts";

/** Rows of one level that belong to the bar of a moment; negative to take away. */
interface CountAt {
  atMs: number;
  level: number;
  rows: number;
}

/**
 * Rows per bar and level of one log. Exact from the counts of the log where only levels are asked for and a bar is a
 * quarter of an hour or more; else from the newest rows themselves, and `countedBackTo` says when they were too many.
 * Throws `invalid_input` for a filter that the log does not know.
 */
export const getLogHistogram = query({
  name: "logs.histogram",
  scope: "logs:read",
  input: HistogramQuery.extend(LoggedServerRef.shape),
  async run(ctx, { log, bars: barsWanted, ...input }): Promise<Histogram> {
    const { sql } = ctx.database;
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    const moment = momentOf(ctx.clock.nowMs(), undefined);
    const view = logView(sql, log, server, input, moment);
    const grid = barGrid(view.window, barsWanted);
    const isCounted = view.countedBy === "levels" && grid.barMs % QUARTER_MS === 0;
    const { counts, countedBackTo } = await answeringInTime(
      isCounted ? fromCounts(sql, view, grid) : fromRows(sql, view, grid),
    );
    return {
      from: new Date(view.window.fromMs).toISOString(),
      to: new Date(view.window.toMs).toISOString(),
      barMs: grid.barMs,
      bars: barsOf(grid, counts),
      countedBackTo,
      asOf: new Date(moment.asOfMs).toISOString(),
    };
  },
});

interface Counted {
  counts: CountAt[];
  countedBackTo: string | null;
}

/** From the widest spans that fit into the bars; what the outermost quarters hold beyond the window is taken away. */
async function fromCounts(sql: Sql, view: LogView, grid: BarGrid): Promise<Counted> {
  const { fromMs, toMs } = view.window;
  if (fromMs >= toMs) return { counts: [], countedBackTo: null };
  const spanMs = [DAY_MS, HOUR_MS].find((span) => grid.barMs % span === 0) ?? QUARTER_MS;
  const beyond = (side: "newer" | "older", atMs: number) => {
    const bounds = beyondWindow(view, side, QUARTER_MS);
    return sql`
      select ${atMs}::bigint as at_ms, level, -count(*) as rows from ${sql(view.table)}
      where server_id = ${view.serverId} and id >= ${bounds.fromId} and id < ${bounds.toId} ${view.matches}
      group by level`;
  };
  const rows = await sql<{ at_ms: string; level: number; rows: string }[]>`
    select (extract(epoch from start) * 1000)::bigint as at_ms, level, sum(rows)::bigint as rows
    from (${cellsIn(sql, view, coverWindow(view.window, spanMs))}) cells
    group by start, level
    union all ${beyond("newer", toMs - 1)}
    union all ${beyond("older", fromMs)}`;
  const counts = rows.map((row) => ({ atMs: Number(row.at_ms), level: row.level, rows: Number(row.rows) }));
  return { counts, countedBackTo: null };
}

/** From the newest rows, no more than `limits.requests.countedRowsMax` of them. */
async function fromRows(sql: Sql, view: LogView, grid: BarGrid): Promise<Counted> {
  if (grid.startsMs.length === 0) return { counts: [], countedBackTo: null };
  const bound = await boundOfRows(sql, view, limits.requests.countedRowsMax);
  const { fromId, toId } = idBounds(view.window);
  const rows = await sql<{ bar: number; level: number; rows: string }[]>`
    select width_bucket(id, ${grid.startsMs.map((ms) => uuid7Floor(ms))}::uuid[]) as bar, level, count(*) as rows
    from ${sql(view.table)}
    where server_id = ${view.serverId} and id >= ${bound ?? fromId} and id < ${toId} ${view.matches}
    group by 1, 2`;
  const counts = rows.map(({ bar, level, rows: n }) => ({
    atMs: grid.startsMs[bar - 1] ?? 0,
    level,
    rows: Number(n),
  }));
  return { counts, countedBackTo: bound === null ? null : timeOfId(bound) };
}

function barsOf({ barMs, startsMs }: BarGrid, counts: readonly CountAt[]): Histogram["bars"] {
  const firstMs = startsMs[0] ?? 0;
  const perBar = startsMs.map(() => new Map<LogLevel, number>());
  for (const { atMs, level, rows } of counts) {
    const bar = perBar[Math.max(0, Math.floor((atMs - firstMs) / barMs))];
    const name = levelOfNumber(level);
    bar?.set(name, (bar.get(name) ?? 0) + rows);
  }
  return startsMs.map((ms, index) => ({
    at: new Date(ms).toISOString(),
    ...countsByLevel(perBar[index] ?? new Map()),
  }));
}

const countsByLevel = (counts: ReadonlyMap<LogLevel, number>): Record<LogLevel, number> => {
  const [debug, info, warn, error] = LOG_LEVELS.map((level) => Math.max(0, counts.get(level) ?? 0));
  return { debug: debug ?? 0, info: info ?? 0, warn: warn ?? 0, error: error ?? 0 };
};
