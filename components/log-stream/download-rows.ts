import { rowsAsFile, type ServerNames } from "#lib/client/log-stream/line-text.ts";
import type { RowsView } from "#lib/client/log-stream/painted-rows.ts";
import type { LogRow } from "#lib/client/log-stream/rows.ts";

const MEDIA_TYPES = { ndjson: "application/x-ndjson", text: "text/plain;charset=utf-8" } as const;
const ENDINGS = { ndjson: "ndjson", text: "log" } as const;

/** Saves the rows shown as a file: exactly what the filter lets through, gaps and folded lines included. */
export function downloadRows(
  { all }: RowsView,
  slug: string,
  format: "ndjson" | "text",
  servers: ServerNames,
): void {
  const rows: LogRow[] = [];
  for (let index = 0; index < all.count; index++) {
    const row = all.rowAt(index);
    if (row !== undefined) rows.push(row);
  }
  const url = URL.createObjectURL(
    new Blob([rowsAsFile(rows, format, servers)], { type: MEDIA_TYPES[format] }),
  );
  const link = document.createElement("a");
  link.href = url;
  link.download = `${slug}-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${ENDINGS[format]}`;
  link.click();
  URL.revokeObjectURL(url);
}
