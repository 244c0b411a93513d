import { type ConsoleLine, ExportQuery, type RequestRow, type UpstreamCall } from "#lib/contract/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query } from "../access/index.ts";
import { readLinesById, toConsoleLine } from "./console-lines.ts";
import { type ExportedRow, type ExportWriter, exportWriter } from "./export-formats.ts";
import { type LogView, logView, momentOf } from "./log-view.ts";
import { walkBack } from "./log-walk.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";
import { readRequests, toRequestRow } from "./request-rows.ts";
import { answeringInTime } from "./slow-query.ts";
import { readUpstreamCallsById, toUpstreamCall } from "./upstream-calls.ts";

const { exportRowsMax, exportBatchRowsMax } = limits.requests;

/** A log on its way out. */
export interface LogExport {
  /** E.g. `text/csv; charset=utf-8; header=present`. */
  contentType: string;
  fileName: string;
  /** How many rows it can have at most; a file with as many may have been cut. */
  rowsMax: number;
  /** The text of the file in pieces. The next rows are read when the next piece is asked for; it may be left at any time. */
  chunks: AsyncIterable<string>;
}

/**
 * The rows of a log under a filter, newest first, as a file of any length: never more than a batch of rows is held.
 * Newer rows than the beginning of the export are not in it. NDJSON and text end with how many rows there are and
 * whether that is all; a file without that end is not whole. Throws `invalid_input` for a filter that the log does not
 * know; what fails later, fails the chunks.
 */
export const exportLog = query({
  name: "logs.export",
  scope: "logs:read",
  input: ExportQuery.extend(LoggedServerRef.shape),
  async run(ctx, { log, format, ...filter }): Promise<LogExport> {
    const server = await loggedServer(ctx.database, ctx.organization.id, filter.server);
    const moment = momentOf(ctx.clock.nowMs(), undefined);
    const view = logView(ctx.database.sql, log, server, filter, moment);
    const writer = exportWriter(log, format);
    const batches = rowBatches(ctx, view);
    // A failure of the first look is an answer; only later ones have to break the file off.
    const first = await answeringInTime(batches.next());
    const time = new Date(moment.asOfMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    return {
      contentType: writer.contentType,
      fileName: `${filter.server}-${log}-${time}.${writer.extension}`,
      rowsMax: exportRowsMax,
      chunks: write(writer, first, batches),
    };
  },
});

async function* write(
  writer: ExportWriter,
  first: IteratorResult<ExportedRow[], void>,
  batches: AsyncGenerator<ExportedRow[], void>,
): AsyncGenerator<string, void> {
  let rows = 0;
  let isCapped = false;
  try {
    if (writer.begin !== "") yield writer.begin;
    for (let batch = first; !batch.done; batch = await batches.next()) {
      const kept = batch.value.slice(0, exportRowsMax - rows);
      isCapped = kept.length < batch.value.length;
      rows += kept.length;
      if (kept.length > 0) yield writer.rows(kept);
      if (isCapped) break;
    }
    const end = writer.end({ rows, isCapped });
    if (end !== "") yield end;
  } finally {
    await batches.return();
  }
}

/** The rows of a view in batches, some of them empty where matching rows are rare. */
async function* rowBatches(ctx: Ctx, view: LogView): AsyncGenerator<ExportedRow[], void> {
  const { sql } = ctx.database;
  const options = {
    belowId: uuid7Floor(view.window.toMs),
    foundPerStepMax: exportBatchRowsMax,
    clock: ctx.clock,
  };
  for await (const { ids } of walkBack(sql, view, options)) yield await readRows(ctx, view, ids);
}

/** The rows of some ids, newest first, in their wire form. */
async function readRows(ctx: Ctx, view: LogView, ids: readonly string[]): Promise<ExportedRow[]> {
  const { sql } = ctx.database;
  switch (view.log) {
    case "requests":
      return (await readRequests(sql, view.organizationId, ids)).map((row): RequestRow => toRequestRow(row));
    case "console":
      return (await readLinesById(sql, view.organizationId, ids)).map(
        (line): ConsoleLine => toConsoleLine(line),
      );
    case "upstream":
      return (await readUpstreamCallsById(sql, view.organizationId, ids)).map(
        (call): UpstreamCall => toUpstreamCall(call),
      );
  }
}
