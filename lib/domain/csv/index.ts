/** Rows as CSV that no spreadsheet calculates by, and that keeps numbers numbers. */
export { type CsvCell, csv, exactNumber } from "./csv.ts";
