/** Rows as CSV that no spreadsheet calculates by, and that keeps numbers numbers. */
export { type CsvCell, csv, type ExactNumber, exactNumber } from "./csv.ts";
