import { type LedgerPage, LedgerQuery } from "#lib/contract/index.ts";
import { inSnapshot } from "#lib/db/snapshot.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { query } from "../access/index.ts";
import { toLedgerTx } from "./ledger-rows.ts";
import { countTxs, ledgerView, readCursor, readTxs } from "./ledger-view.ts";

/**
 * What moved credits, newest first, by page or by cursor: everything but setting aside and giving back. The total is exact;
 * pages are pinned to `asOf`.
 */
export const listLedger = query({
  name: "ledger.list",
  scope: "billing:read",
  input: LedgerQuery,
  run: async (ctx, { page, pageSize, cursor, asOf, ...filter }): Promise<LedgerPage> => {
    const asOfMs = asOf === undefined ? ctx.clock.nowMs() : Date.parse(asOf);
    const view = ledgerView(ctx.organization.id, filter, asOfMs);
    const belowId = readCursor(cursor);
    const skip = belowId === null ? (page - 1) * pageSize : 0;
    const { rows, total } = await inSnapshot(ctx.database.sql, async (sql) => {
      const total = await countTxs(sql, view);
      const rows = skip >= total ? [] : await readTxs(sql, view, { belowId, skip, rowsMax: pageSize + 1 });
      return { rows, total };
    });
    const shown = rows.slice(0, pageSize);
    const last = shown.at(-1);
    return {
      data: shown.map(toLedgerTx),
      page,
      pageSize,
      total,
      totalIsCapped: false,
      nextCursor: last !== undefined && rows.length > pageSize ? encodeId("tx", last.id) : null,
      asOf: new Date(asOfMs).toISOString(),
    };
  },
});
