import { plainLine, terminalJson } from "#lib/kernel/terminal-text.ts";
import type { CliIo } from "./cli-io.ts";
import { toYaml } from "./yaml.ts";

export const OUTPUT_FORMATS = ["table", "json", "yaml"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** A cell as people read it; what is unknown is a dash. */
export type Cell = string | number | null | undefined;

/** Writes one result: `data` for machines, `text` for people. */
export function emit(io: CliIo, format: OutputFormat, data: unknown, text: () => string): void {
  if (format === "json") io.out(`${terminalJson(data)}\n`);
  else if (format === "yaml") io.out(toYaml(data));
  else io.out(text());
}

const shown = (cell: Cell): string =>
  cell === null || cell === undefined || cell === "" ? "–" : plainLine(String(cell));

/** A longer one, which only a stranger's name may be, would push all columns after it out of sight. */
const CELL_CHARACTERS_MAX = 160;
const clipped = (text: string): string =>
  text.length > CELL_CHARACTERS_MAX ? `${text.slice(0, CELL_CHARACTERS_MAX - 1)}…` : text;

/** Rows under their headings, in columns; the last one is shown whole. `whenEmpty` when there are none. */
export function table(headings: readonly string[], rows: readonly Cell[][], whenEmpty: string): string {
  if (rows.length === 0) return `${whenEmpty}\n`;
  const last = headings.length - 1;
  const lines = [
    headings,
    ...rows.map((row) => row.map((cell, column) => (column === last ? shown(cell) : clipped(shown(cell))))),
  ];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** One thing as `label  value` lines. */
export function facts(pairs: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `${label.padEnd(width)}  ${shown(value)}\n`).join("");
}
