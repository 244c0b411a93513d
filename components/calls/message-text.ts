/** Stands for a value that was taken out before it was stored. */
const REDACTED = /\[redacted(?::[^\]\s]{1,80})?\]/gi;

/** A recorded message for people. */
export type MessageText =
  | { readonly kind: "json"; readonly value: unknown; readonly redactions: number }
  /** No JSON: cut, or never any. */
  | { readonly kind: "text"; readonly text: string; readonly redactions: number };

/** Reads a recorded message; never throws. */
export function readMessage(recorded: string): MessageText {
  const redactions = recorded.match(REDACTED)?.length ?? 0;
  const value = bodyValue(recorded);
  return value === undefined
    ? { kind: "text", text: recorded, redactions }
    : { kind: "json", value, redactions };
}

/** The JSON value of a recorded message; undefined when there is none. */
export function bodyValue(recorded: string | null): unknown {
  if (recorded === null) return undefined;
  try {
    const value: unknown = JSON.parse(recorded);
    return value;
  } catch {
    // Cut in the middle, or not JSON: shown as the text that it is.
    return undefined;
  }
}

/** True when a value that was taken out stands in it. */
export const isRedacted = (text: string): boolean => text.search(REDACTED) !== -1;
