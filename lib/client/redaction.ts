/** Stands for a value that was taken out before it was stored. */
const REDACTED = /\[redacted(?::[^\]\s]{1,80})?\]/gi;

export interface RedactionPiece {
  readonly text: string;
  readonly isRedacted: boolean;
}

/** True when a value that was taken out stands in it. */
export const isRedacted = (text: string): boolean => text.search(REDACTED) !== -1;

/** How many values were taken out of it. */
export const redactionCount = (text: string): number => text.match(REDACTED)?.length ?? 0;

/** The text cut at the marks; together the pieces are the text. */
export function redactionPieces(text: string): RedactionPiece[] {
  const pieces: RedactionPiece[] = [];
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(REDACTED)) {
    if (index > from) pieces.push({ text: text.slice(from, index), isRedacted: false });
    pieces.push({ text: mark, isRedacted: true });
    from = index + mark.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isRedacted: false });
  return pieces;
}
