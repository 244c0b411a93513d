import { LedgerExportQuery, type LedgerTx } from "#lib/contract/index.ts";
import { inSnapshot } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import { formatUsd, microsOf } from "#lib/kernel/money.ts";
import { type Ctx, query } from "../access/index.ts";
import { type CsvCell, csv, exactNumber } from "../csv/index.ts";
import { type StoredTx, toLedgerTx } from "./ledger-rows.ts";
import { countTxs, type LedgerView, ledgerView, readTxs } from "./ledger-view.ts";

const { exportBatchRows } = limits.money;

/** The ledger on its way out. */
export interface LedgerExport {
  contentType: string;
  fileName: string;
  /** How many transactions are in it: the total of the page under the same filter. */
  total: number;
  /** The text of the file in pieces; the next rows are read when the next piece is asked for. */
  chunks: AsyncIterable<string>;
}

const usd = (micros: string): CsvCell => exactNumber(formatUsd(microsOf(micros), { groups: false }));

const COLUMNS: readonly (readonly [string, (tx: LedgerTx) => CsvCell])[] = [
  ["createdAt", (tx) => tx.createdAt],
  ["effectiveAt", (tx) => tx.effectiveAt],
  ["id", (tx) => tx.id],
  ["type", (tx) => tx.type],
  ["category", (tx) => tx.category],
  ["description", (tx) => tx.description],
  ["amountMicros", (tx) => exactNumber(tx.amountMicros)],
  ["amountUsd", (tx) => usd(tx.amountMicros)],
  ["balanceAfterMicros", (tx) => exactNumber(tx.balanceAfterMicros)],
  ["balanceAfterUsd", (tx) => usd(tx.balanceAfterMicros)],
  ["agentId", (tx) => tx.agentId],
  ["agentName", (tx) => tx.agentName],
  ["eventCount", (tx) => tx.eventCount],
  ["priceVersion", (tx) => tx.priceVersion],
  ["reversesTxId", (tx) => tx.reversesTxId],
  ["actor", (tx) => tx.actor],
  ["reason", (tx) => tx.reason],
];

const WRITERS = {
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    begin: csv([COLUMNS.map(([name]) => name)]),
    rows: (txs: readonly LedgerTx[]) => csv(txs.map((tx) => COLUMNS.map(([, cell]) => cell(tx)))),
    end: (_rows: number) => "",
  },
  ndjson: {
    contentType: "application/x-ndjson",
    begin: "",
    rows: (txs: readonly LedgerTx[]) => txs.map((tx) => `${JSON.stringify(tx)}\n`).join(""),
    end: (rows: number) => `${JSON.stringify({ export: { rows } })}\n`,
  },
};

/**
 * The ledger under a filter as a file, newest first, as of its beginning: CSV with amounts in micros and in USD, both exact,
 * or NDJSON, which ends with how many rows there are. Never more than a batch of rows is held.
 */
export const exportLedger = query({
  name: "ledger.export",
  scope: "billing:read",
  input: LedgerExportQuery,
  run: async (ctx, { format, ...filter }): Promise<LedgerExport> => {
    const asOfMs = ctx.clock.nowMs();
    const view = ledgerView(ctx.organization.id, filter, asOfMs);
    const { total, first } = await inSnapshot(ctx.database.sql, async (sql) => ({
      total: await countTxs(sql, view),
      first: await readTxs(sql, view, { belowId: null, skip: 0, rowsMax: exportBatchRows }),
    }));
    const time = new Date(asOfMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    return {
      contentType: WRITERS[format].contentType,
      fileName: `${ctx.organization.slug}-ledger-${time}.${format}`,
      total,
      chunks: write(ctx, view, first, WRITERS[format]),
    };
  },
});

async function* write(
  ctx: Ctx,
  view: LedgerView,
  first: StoredTx[],
  writer: (typeof WRITERS)[keyof typeof WRITERS],
): AsyncGenerator<string, void> {
  let rows = 0;
  if (writer.begin !== "") yield writer.begin;
  for (let batch = first; batch.length > 0; ) {
    rows += batch.length;
    yield writer.rows(batch.map(toLedgerTx));
    const last = batch.at(-1);
    if (last === undefined || batch.length < exportBatchRows) break;
    batch = await readTxs(ctx.database.sql, view, { belowId: last.id, skip: 0, rowsMax: exportBatchRows });
  }
  const end = writer.end(rows);
  if (end !== "") yield end;
}
