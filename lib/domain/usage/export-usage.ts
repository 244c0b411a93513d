import type { Sql } from "postgres";
import { type UsageDimension, UsageExportQuery, type UsageTotals } from "#lib/contract/index.ts";
import { formatUsd, microsOf } from "#lib/kernel/money.ts";
import { query } from "../access/index.ts";
import { type CsvCell, csv, exactNumber } from "../csv/index.ts";
import { type CellsOf, usageCells } from "./usage-cells.ts";
import { usageConditions } from "./usage-filter.ts";
import { usageLabels } from "./usage-labels.ts";
import { type SummedCells, summedColumns, UsageSum } from "./usage-totals.ts";
import { type HourWindow, usageWindow } from "./usage-window.ts";

const HOUR_MS = 3_600_000;
/** How much of the window is read at a time. */
const SLICE_MS = 24 * HOUR_MS;

/** Use on its way out. */
export interface UsageExport {
  contentType: string;
  fileName: string;
  /** What the rows come to, as of the beginning of the file. */
  totalMicros: string;
  /** The text of the file in pieces; the next hours are read when the next piece is asked for. */
  chunks: AsyncIterable<string>;
}

/** One hour and combination of values. */
interface UsageRow extends UsageTotals {
  hour: string;
  /** By dimension: the key of the counts, and the same in words. */
  keys: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
}

/**
 * Use as a file, oldest first: one row per hour and combination of the asked dimensions. CSV with amounts in micros and in
 * USD, both exact, or NDJSON. Never more than a day is held. Throws as `getUsage` does.
 */
export const exportUsage = query({
  name: "usage.export",
  scope: "usage:read",
  input: UsageExportQuery,
  run: async (ctx, { format, by, from, to, ...filter }): Promise<UsageExport> => {
    const { sql } = ctx.database;
    const nowMs = ctx.clock.nowMs();
    const question: CellsOf = {
      organizationId: ctx.organization.id,
      conditions: await usageConditions(ctx, filter),
      window: usageWindow({ from, to }, nowMs),
      by,
    };
    const [sum] = await sql<{ spent: string }[]>`
      select coalesce(sum(spent), 0)::bigint as spent from (${usageCells(sql, { ...question, by: [] })}) cells`;
    const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    return {
      contentType: WRITERS[format].contentType,
      fileName: `${ctx.organization.slug}-usage-${time}.${format}`,
      totalMicros: sum?.spent ?? "0",
      chunks: write(sql, question, WRITERS[format]),
    };
  },
});

interface Writer {
  contentType: string;
  begin(by: readonly UsageDimension[]): string;
  rows(rows: readonly UsageRow[], by: readonly UsageDimension[]): string;
}

const NUMBERS: readonly (readonly [string, (row: UsageRow) => CsvCell])[] = [
  ["calls", (row) => row.calls],
  ["errors", (row) => row.errors],
  ["runtimeErrors", (row) => row.runtimeErrors],
  ["denied", (row) => row.denied],
  ["requestBytes", (row) => row.requestBytes],
  ["responseBytes", (row) => row.responseBytes],
  ["responseBytesMax", (row) => row.responseBytesMax],
  ["p50Ms", (row) => row.p50Ms],
  ["p95Ms", (row) => row.p95Ms],
  ["spentMicros", (row) => exactNumber(row.spentMicros)],
  ["spentUsd", (row) => exactNumber(formatUsd(microsOf(row.spentMicros), { groups: false }))],
];

const WRITERS: Readonly<Record<"csv" | "ndjson", Writer>> = {
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    begin: (by) =>
      csv([["hour", ...by.flatMap((name) => [name, `${name}Name`]), ...NUMBERS.map(([name]) => name)]]),
    rows: (rows, by) =>
      csv(
        rows.map((row) => [
          row.hour,
          ...by.flatMap((name) => [row.keys[name] ?? "", row.labels[name] ?? ""]),
          ...NUMBERS.map(([, cell]) => cell(row)),
        ]),
      ),
  },
  ndjson: {
    contentType: "application/x-ndjson",
    begin: () => "",
    rows: (rows) =>
      rows
        .map(
          ({ hour, keys, labels, ...numbers }) =>
            `${JSON.stringify({ hour, ...keys, labels, ...numbers })}\n`,
        )
        .join(""),
  },
};

async function* write(sql: Sql, question: CellsOf, writer: Writer): AsyncGenerator<string, void> {
  const { window, by } = question;
  const begin = writer.begin(by);
  if (begin !== "") yield begin;
  for (let fromMs = window.fromMs; fromMs < window.toMs; fromMs += SLICE_MS) {
    const slice = { fromMs, toMs: Math.min(fromMs + SLICE_MS, window.toMs) };
    const rows = await readSlice(sql, question, slice);
    if (rows.length > 0) yield writer.rows(rows, by);
  }
}

type Cell = SummedCells & { hour_ms: string } & Record<`key${number}`, string>;

async function readSlice(sql: Sql, question: CellsOf, window: HourWindow): Promise<UsageRow[]> {
  const { by, organizationId } = question;
  const keys = by.reduce((all, _, place) => sql`${all}, ${sql(`key${place}`)}`, sql``);
  const cells = await sql<Cell[]>`
    select (extract(epoch from place) * 1000)::bigint as hour_ms ${keys}, duration_bucket, ${summedColumns(sql)}
    from (${usageCells(sql, { ...question, window }, "hour")}) counted
    group by place ${keys}, duration_bucket
    order by place ${keys}, duration_bucket`;
  const keyOf = (cell: Cell, place: number): string => cell[`key${place}`] ?? "";
  const labels = await Promise.all(
    by.map((dimension, place) =>
      usageLabels(sql, organizationId, dimension, [...new Set(cells.map((cell) => keyOf(cell, place)))]),
    ),
  );
  const groups = new Map<string, { cell: Cell; sum: UsageSum }>();
  for (const cell of cells) {
    const id = JSON.stringify([cell.hour_ms, ...by.map((_, place) => keyOf(cell, place))]);
    const group = groups.get(id) ?? { cell, sum: new UsageSum() };
    groups.set(id, group);
    group.sum.add(cell);
  }
  return [...groups.values()].map(({ cell, sum }) => ({
    hour: new Date(Number(cell.hour_ms)).toISOString(),
    keys: byDimension(by, (place) => keyOf(cell, place)),
    labels: byDimension(by, (place) => labels[place]?.(keyOf(cell, place)) ?? ""),
    ...sum.totals(),
  }));
}

const byDimension = (
  by: readonly UsageDimension[],
  read: (place: number) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(by.map((dimension, place) => [dimension, read(place)]));
