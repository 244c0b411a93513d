/** Text that every part of the system can hold. Browser-safe. */

/**
 * `text` without what UTF-8 or a database cannot hold: a NUL becomes U+2400 (its visible symbol), half of a
 * surrogate pair becomes U+FFFD. Answers the same string when there is nothing to change.
 */
export function storableText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "\u2400") : wellFormed;
}

/** `value` as JSON that a `jsonb` column can hold. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === "string" ? storableText(item) : item));
