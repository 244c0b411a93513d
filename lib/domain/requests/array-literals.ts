/**
 * Columns of a batch as PostgreSQL array literals. The driver can write arrays itself, but looks at each item in many
 * ways, which for batches of a thousand rows with thirty columns costs more than all else of storing them.
 */

/** `{"a",NULL}` of text items. Neighbours are often equal, so an item that repeats is not looked at again. */
export function textArray<Row>(
  rows: readonly Row[],
  read: (row: Row) => string | null,
  clean: (text: string) => string = (text) => text,
): string {
  let out = "";
  let last: string | null | undefined;
  let literal = "";
  for (const row of rows) {
    const value = read(row);
    if (value !== last) {
      last = value;
      literal = value === null ? ",NULL" : `,${quoted(clean(value))}`;
    }
    out += literal;
  }
  return `{${out.slice(1)}}`;
}

/** `{1,NULL,2.5}` of numbers. Throws RangeError for what is no finite number. */
export function numberArray<Row>(rows: readonly Row[], read: (row: Row) => number | null): string {
  let out = "";
  for (const row of rows) {
    const value = read(row);
    if (value !== null && !Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
    out += value === null ? ",NULL" : `,${value}`;
  }
  return `{${out.slice(1)}}`;
}

function quoted(text: string): string {
  if (!text.includes('"') && !text.includes("\\")) return `"${text}"`;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
