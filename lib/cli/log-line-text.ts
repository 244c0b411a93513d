import type { LogEntry } from "#lib/contract/index.ts";
import { plainText } from "#lib/kernel/terminal-text.ts";
import type { Gap } from "./log-stream-client.ts";

const LEVEL_COLOURS: Readonly<Record<string, string>> = { debug: "90", info: "36", warn: "33", error: "31" };
const INDENT = " ".repeat(20);

export const coloured = (text: string, colour: string | undefined, isColoured: boolean): string =>
  isColoured && colour !== undefined ? `\u001b[${colour}m${text}\u001b[0m` : text;

/** `HH:MM:SS.mmm` in local time. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** A level as a word of five characters. */
export const levelBadge = (level: string, isColoured: boolean): string =>
  coloured(plainText(level).toUpperCase().padEnd(5), LEVEL_COLOURS[level], isColoured);

/** A stranger's text; its further lines are indented, so that none can pose as another entry. */
export const hanging = (text: string, indent: string): string =>
  plainText(text).trimEnd().replaceAll("\n", `\n${indent}`);

/** What stands before each line when several servers are shown. */
export interface LinePrefix {
  readonly text: string;
  readonly width: number;
}
export const NO_PREFIX: LinePrefix = { text: "", width: 0 };

/** One line as people read it. */
export function entryText(entry: LogEntry, isColoured: boolean, prefix: LinePrefix = NO_PREFIX): string {
  const message = hanging(entry.message, INDENT + " ".repeat(prefix.width));
  const cut = entry.truncated ? ` … (cut from ${entry.bytes ?? "more"} bytes)` : "";
  return `${prefix.text}${clockTime(entry.timestamp)}  ${levelBadge(entry.level, isColoured)} ${message}${cut}\n`;
}

export const gapText = ({ count, reason }: Gap, prefix: LinePrefix = NO_PREFIX): string =>
  `${prefix.text}──── ${count === null ? "lines are missing" : count === 1 ? "1 line is missing" : `${count} lines are missing`}: ${reason} ────\n`;
