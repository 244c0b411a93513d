import { stringify } from "csv-stringify/sync";

/** A number in its decimal digits, such as an amount of money: written as it is, also when it is negative. */
export interface ExactNumber {
  readonly digits: string;
}

const DIGITS = /^-?[0-9]+(?:\.[0-9]+)?$/;

/** Throws a RangeError for anything but a decimal number, so that no text passes as one. */
export function exactNumber(digits: string | bigint): ExactNumber {
  const text = String(digits);
  if (!DIGITS.test(text)) throw new RangeError(`not a decimal number: ${text.slice(0, 40)}`);
  return { digits: text };
}

export type CsvCell = string | number | boolean | ExactNumber | null;

/** What a spreadsheet would calculate, if it stands at the beginning of a text; also in its full-width forms. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function textOf(cell: CsvCell): string {
  if (typeof cell === "string") return FORMULA.test(cell) ? `'${cell}` : cell;
  return typeof cell === "object" && cell !== null ? cell.digits : String(cell ?? "");
}

/**
 * Rows as CSV (RFC 4180), each ended: every cell is quoted, and a text that a spreadsheet would calculate gets a leading
 * `'`. Numbers stay numbers, negative ones too.
 */
export const csv = (rows: readonly (readonly CsvCell[])[]): string =>
  stringify(
    rows.map((cells) => cells.map(textOf)),
    { quoted: true, quoted_empty: true, record_delimiter: "\r\n" },
  );
