import type { Sql } from "postgres";
import type { Clock } from "#lib/kernel/clock.ts";
import { timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { LogView } from "./log-view.ts";
import { idBounds } from "./visible-window.ts";

const { walkRowsFirst, walkRowsMin, walkRowsMax, walkStepMs } = limits.requests;

export interface WalkOptions {
  /** Begin with rows older than this id. */
  belowId: string;
  /** How many ids one step may find. */
  foundPerStepMax: number;
  clock: Clock;
}

/** One step back in time. */
export interface WalkStep {
  /** Ids of matching rows, newest first. */
  ids: string[];
  /** Everything from this id on was looked at; null when that is the whole window. */
  scannedId: string | null;
}

/**
 * Looks for the matching rows of a view from the newest to the oldest, however rare they are: each step looks at a
 * bounded number of rows, which grows while steps are fast. Ends with the window.
 */
export async function* walkBack(
  sql: Sql,
  view: LogView,
  options: WalkOptions,
): AsyncGenerator<WalkStep, void> {
  const { fromId, toId } = idBounds(view.window);
  let [belowId = toId] = [options.belowId, toId].sort();
  let rowsPerStep: number = walkRowsFirst;
  while (belowId > fromId) {
    const startedMs = options.clock.monotonicMs();
    const scannedId = await rowBelow(sql, view, { fromId, belowId, rows: rowsPerStep });
    let isStepDone = false;
    while (!isStepDone) {
      const ids = await matchingIds(
        sql,
        view,
        { fromId: scannedId ?? fromId, belowId },
        options.foundPerStepMax,
      );
      isStepDone = ids.length < options.foundPerStepMax;
      belowId = isStepDone ? (scannedId ?? fromId) : (ids.at(-1) ?? fromId);
      yield { ids, scannedId: isStepDone ? scannedId : belowId };
    }
    rowsPerStep = nextRows(rowsPerStep, options.clock.monotonicMs() - startedMs);
  }
}

/** So many rows that the next step takes about `walkStepMs`. */
const nextRows = (rows: number, tookMs: number): number =>
  Math.round(
    Math.min(walkRowsMax, Math.max(walkRowsMin, rows * Math.min(4, walkStepMs / Math.max(1, tookMs)))),
  );

/** The id that `rows` rows lie above, of those that the index leads to; null when there are fewer. */
async function rowBelow(
  sql: Sql,
  view: LogView,
  { fromId, belowId, rows }: { fromId: string; belowId: string; rows: number },
): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from ${sql(view.table)}
    where server_id = ${view.serverId} and id >= ${fromId} and id < ${belowId} ${view.seek}
    order by id desc offset ${rows} limit 1`;
  return row?.id ?? null;
}

/** The newest matching ids between two, `fromId` inclusive. */
async function matchingIds(
  sql: Sql,
  view: LogView,
  { fromId, belowId }: { fromId: string; belowId: string },
  idsMax: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from ${sql(view.table)}
    where server_id = ${view.serverId} and id >= ${fromId} and id < ${belowId} ${view.matches}
    order by id desc limit ${idsMax}`;
  return rows.map(({ id }) => id);
}

/** The oldest id among the newest `rowsMax` rows that an index leads to; null when the window has fewer. */
export const boundOfRows = (sql: Sql, view: LogView, rowsMax: number): Promise<string | null> => {
  const { fromId, toId } = idBounds(view.window);
  return rowBelow(sql, view, { fromId, belowId: toId, rows: rowsMax - 1 });
};

/** When the row of an id was logged, as the wire says it. */
export const timeOfId = (id: string): string => new Date(timeOfUuid7(id)).toISOString();
