import { formatUsd } from "#lib/kernel/money.ts";
import { plainLine } from "#lib/kernel/terminal-text.ts";

/** Text of strangers in a sentence: on one line, nothing that acts on a terminal or reorders what is read, and short. */
export function said(text: string, charactersMax = 160): string {
  const plain = plainLine(text.toWellFormed());
  return plain.length <= charactersMax ? plain : `${plain.slice(0, charactersMax - 1).toWellFormed()}…`;
}
/** Words of ours that begin a sentence; names of tools, hosts and regions are written as they are. */
const BEGINNING = /^(?:an?|the|its|no|agent|caller|client|key|outcome|region|size|source|tool|version)(?= )/;
/** A whole sentence: it begins with a capital unless with a name, and a quotation that ends in a full stop ends it. */
export const sentence = (text: string, charactersMax: number): string =>
  said(text, charactersMax)
    .replace(BEGINNING, (word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .replace(/(?<=[.!?…])”\.(?= |$)/g, "”");
/** Text of strangers in quotes. */
export const quoted = (text: string, charactersMax = 160): string => `“${said(text, charactersMax)}”`;

const NUMBER = new Intl.NumberFormat("en-US");
/** `1 call`, `14 calls`. */
export const counted = (count: number, what: string, many = `${what}s`): string =>
  `${NUMBER.format(count)} ${count === 1 ? what : many}`;
export const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;
export const milliseconds = (ms: number): string =>
  ms >= 10_000 ? `${Math.round(ms / 100) / 10} s` : `${NUMBER.format(Math.round(ms))} ms`;
export const bytes = (size: number): string =>
  size >= 1_048_576
    ? `${Math.round(size / 104_857.6) / 10} MiB`
    : size >= 1_024
      ? `${Math.round(size / 102.4) / 10} KiB`
      : counted(size, "byte");
/** Without its sign. */
export const usd = (micros: bigint): string => `$${formatUsd(micros < 0n ? -micros : micros)}`;
/** The time of day in UTC; the date as well where it is another day than `near`. */
export function clock(at: string, near: string): string {
  const time = `${at.slice(11, 19)} UTC`;
  return at.slice(0, 10) === near.slice(0, 10) ? time : `${at.slice(0, 10)} ${time}`;
}
/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], namedMax = 4): string {
  const shown = names.slice(0, namedMax).map((name) => said(name, 80));
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
