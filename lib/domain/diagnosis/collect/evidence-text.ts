import { limits } from "#lib/kernel/limits.ts";
import { storableText } from "#lib/kernel/text.ts";

const { textCharactersMax, errorGroupTextCharactersMax } = limits.incidents;

/** Text of strangers as the evidence holds it: storable, and cut. */
export const cutText = (text: string, charactersMax: number = textCharactersMax): string => {
  const storable = storableText(text);
  return storable.length <= charactersMax
    ? storable
    : `${storable.slice(0, charactersMax - 1).toWellFormed()}…`;
};
export const cutName = (text: string): string => cutText(text, errorGroupTextCharactersMax);
export const cutNameOrNull = (text: string | null): string | null => (text === null ? null : cutName(text));
export const cutTextOrNull = (text: string | null): string | null => (text === null ? null : cutText(text));

/** A timestamp of the database on the wire. */
export const isoOf = (at: string | Date): string => new Date(at).toISOString();
export const isoOrNull = (at: string | Date | null): string | null => (at === null ? null : isoOf(at));
