import type { Sql } from "postgres";
import type { PageQuery, SearchProgress } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { joinAll, joinNeighbours, type Span } from "./counted-spans.ts";
import { decodeFactCursor, encodeFactCursor } from "./fact-cursor.ts";
import { type PageMap, pageMap } from "./log-counts.ts";
import type { LogView } from "./log-view.ts";
import { timeOfId, walkBack } from "./log-walk.ts";
import { idBounds } from "./visible-window.ts";

const { totalMax, offsetRowsMax, searchBudgetMs, searchFirstBudgetMs } = limits.requests;

/** A page of a log as ids; `PageQuery` says what the parts mean. */
export interface LogPage {
  /** Newest first. */
  ids: readonly string[];
  total: number;
  totalIsCapped: boolean;
  nextCursor: string | null;
  /** Of a search for text, and of any other walk that its time ended before the window did. */
  search: SearchProgress | null;
}

/**
 * Finds the rows of a page. Where counts know all that is asked for, at any depth and with an exact total; else by
 * walking back in time, within a budget: what was found by then is answered, and the cursor goes on. A page behind the
 * last row is empty. Throws `invalid_input` for a cursor that is none, and for a page that only a walk over too many
 * rows could find.
 */
export async function readLogPage(sql: Sql, clock: Clock, view: LogView, query: PageQuery): Promise<LogPage> {
  const cursorId = query.cursor === undefined ? null : decodeFactCursor(query.cursor);
  const map = await pageMap(sql, view);
  if (map !== null) return pageByMap(sql, view, map, query, cursorId);
  return view.hasText
    ? pageBySearch(sql, clock, view, query, cursorId)
    : pageByWalk(sql, clock, view, query, cursorId);
}

async function pageByMap(
  sql: Sql,
  view: LogView,
  map: PageMap,
  { page, pageSize }: PageQuery,
  cursorId: string | null,
): Promise<LogPage> {
  const rowsMax = pageSize + 1;
  const found =
    cursorId === null
      ? await map.page((page - 1) * pageSize, rowsMax)
      : { spans: await map.before(timeOfUuid7(cursorId), rowsMax), skip: 0 };
  const ids = found === null ? [] : await idsInSpans(sql, view, { ...found, rowsMax, cursorId });
  return { ...shown(ids, pageSize), total: map.total, totalIsCapped: false, search: null };
}

/** The page's ids, and the cursor to the next page when there is one more id than it shows. */
function shown(ids: readonly string[], pageSize: number): Pick<LogPage, "ids" | "nextCursor"> {
  const page = ids.slice(0, pageSize);
  const last = page.at(-1);
  return {
    ids: page,
    nextCursor: last !== undefined && ids.length > pageSize ? encodeFactCursor(last) : null,
  };
}

/** True when an index holds little but matching rows, so that nothing lies between the spans. */
const isWholeIndex = ({ countedBy, levels }: LogView): boolean =>
  countedBy === "levels" && (levels?.every((level) => level >= 2) ?? true);

/** The matching ids in some spans, newest first, from the one after `skip` others on. */
async function idsInSpans(
  sql: Sql,
  view: LogView,
  part: { spans: readonly Span[]; skip: number; rowsMax: number; cursorId: string | null },
): Promise<string[]> {
  const spans = isWholeIndex(view) ? joinAll(part.spans) : joinNeighbours(part.spans);
  const bounds = spans.map((span) => idBounds(span));
  const [only, ...others] = bounds;
  if (only === undefined) return [];
  const below = part.cursorId === null ? sql`` : sql`and id < ${part.cursorId}`;
  const upTo = part.skip + part.rowsMax;
  const rows =
    others.length === 0
      ? await sql<{ id: string }[]>`
          select id from ${sql(view.table)}
          where server_id = ${view.serverId} and id >= ${only.fromId} and id < ${only.toId} ${below} ${view.matches}
          order by id desc limit ${part.rowsMax} offset ${part.skip}`
      : await sql<{ id: string }[]>`
          select found.id from unnest(
            ${bounds.map(({ fromId }) => fromId)}::uuid[], ${bounds.map(({ toId }) => toId)}::uuid[]
          ) as span(from_id, to_id) cross join lateral (
            select id from ${sql(view.table)}
            where server_id = ${view.serverId} and id >= span.from_id and id < span.to_id ${below} ${view.matches}
            order by id desc limit ${upTo}
          ) found
          order by found.id desc limit ${part.rowsMax} offset ${part.skip}`;
  return rows.map(({ id }) => id);
}

/** A search answers as soon as its page is full; `total` is what was found so far. */
async function pageBySearch(
  sql: Sql,
  clock: Clock,
  view: LogView,
  { page, pageSize }: PageQuery,
  cursorId: string | null,
): Promise<LogPage> {
  const skip = cursorId === null ? (page - 1) * pageSize : 0;
  const wanted = Math.min(skip, offsetRowsMax) + pageSize + 1;
  const budgetMs = cursorId === null ? searchFirstBudgetMs : searchBudgetMs;
  const walked = await walk(sql, clock, view, { belowId: cursorId, wanted, budgetMs });
  const part = shown(walked.ids.slice(skip), pageSize);
  const isFull = walked.ids.length >= wanted;
  return {
    ids: part.ids,
    total: walked.ids.length,
    totalIsCapped: !walked.isComplete || isFull,
    nextCursor: part.nextCursor ?? goOn(walked),
    search: progressOf(view, walked, part),
  };
}

/** Counts all rows up to a cap, and takes the page's ids on the way. */
async function pageByWalk(
  sql: Sql,
  clock: Clock,
  view: LogView,
  { page, pageSize }: PageQuery,
  cursorId: string | null,
): Promise<LogPage> {
  const skip = cursorId === null ? (page - 1) * pageSize : 0;
  const isTooDeep = skip > offsetRowsMax;
  const wanted = Math.max(totalMax + 1, isTooDeep ? 0 : skip + pageSize + 1);
  const walked = await walk(sql, clock, view, { belowId: null, wanted, budgetMs: searchBudgetMs });
  const isCounted = walked.isComplete && walked.ids.length <= totalMax;
  if (isTooDeep && !isCounted) await refuseUnlessBehind(sql, view, skip);
  const onward =
    cursorId === null
      ? { ...walked, ids: walked.ids.slice(skip) }
      : await walk(sql, clock, view, { belowId: cursorId, wanted: pageSize + 1, budgetMs: searchBudgetMs });
  const part = shown(onward.ids, pageSize);
  const isStopped = part.nextCursor === null && !onward.isComplete && !isTooDeep;
  return {
    ids: part.ids,
    total: Math.min(walked.ids.length, totalMax + 1),
    totalIsCapped: !isCounted,
    nextCursor: part.nextCursor ?? (isTooDeep ? null : goOn(onward)),
    search: isStopped ? progressOf(view, onward, part) : null,
  };
}

/** A page behind all rows of the window, matching or not, is empty; any other is beyond what can be skipped. */
async function refuseUnlessBehind(sql: Sql, view: LogView, offset: number): Promise<void> {
  const everything = await pageMap(sql, { ...view, countedBy: "levels", levels: undefined, matches: sql`` });
  if (everything !== null && offset >= everything.total) return;
  const message = `With this filter, pages reach back ${offsetRowsMax} rows. Use the cursor to go further, or a time.`;
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "page", code: "too_deep", message }],
  });
}

interface Walked {
  ids: string[];
  /** Where to go on; null when the window ended. */
  scannedId: string | null;
  isComplete: boolean;
}

/** Walks until `wanted` ids are found, the window ends or the budget is over; at least one step. */
async function walk(
  sql: Sql,
  clock: Clock,
  view: LogView,
  { belowId, wanted, budgetMs }: { belowId: string | null; wanted: number; budgetMs: number },
): Promise<Walked> {
  const endMs = clock.monotonicMs() + budgetMs;
  const ids: string[] = [];
  const from = belowId ?? uuid7Floor(view.window.toMs);
  let scannedId: string | null = null;
  for await (const step of walkBack(sql, view, { belowId: from, foundPerStepMax: wanted, clock })) {
    ids.push(...step.ids);
    scannedId = step.scannedId;
    if (ids.length >= wanted || clock.monotonicMs() >= endMs) break;
  }
  return { ids: ids.slice(0, wanted), scannedId, isComplete: scannedId === null };
}

const goOn = ({ scannedId }: Walked): string | null =>
  scannedId === null ? null : encodeFactCursor(scannedId);

function progressOf(
  view: LogView,
  walked: Walked,
  part: Pick<LogPage, "ids" | "nextCursor">,
): SearchProgress {
  const last = part.ids.at(-1);
  if (part.nextCursor !== null && last !== undefined) return { scannedTo: timeOfId(last), isComplete: false };
  return walked.scannedId === null
    ? { scannedTo: new Date(view.window.fromMs).toISOString(), isComplete: true }
    : { scannedTo: timeOfId(walked.scannedId), isComplete: false };
}
