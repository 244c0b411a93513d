import { storableText } from "#lib/kernel/text.ts";

/** What the columns of the fact tables can hold: text and numbers that strangers made up, cut and cleaned. */

const INTEGER_MAX = 2_147_483_647;

export const storable = {
  text: (value: string, charactersMax: number): string =>
    storableText(value.length > charactersMax ? value.slice(0, charactersMax) : value),
  /** A size or a number of things. */
  count: (value: number): number =>
    Number.isFinite(value) && value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0,
  integer: (value: number | null): number | null =>
    value !== null && Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX ? value : null,
  durationMs: (value: number): number => (Number.isFinite(value) ? Math.max(0, value) : 0),
} as const;
