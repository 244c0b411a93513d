import { nameOf, signOf, UNSEEN } from "./signs.ts";

/** A piece of text as it is painted. `sign` pieces stand for a character that would be invisible or would reorder text. */
export interface VisiblePiece {
  readonly kind: "text" | "sign" | "link";
  readonly text: string;
  /** What the character is, for a hint; only of a `sign`. */
  readonly name?: string;
}

/** Only these two schemes become links, and only up to a character that cannot be part of an address. */
const LINKS = /\bhttps?:\/\/[^\s"'<>`\\^{}|\p{C}\p{Z}]+/giu;

/** `text` in pieces that are safe and honest to paint as text nodes. */
export function visiblePieces(text: string): VisiblePiece[] {
  const pieces: VisiblePiece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINKS)) {
    const address = withoutTrailingPunctuation(match[0]);
    if (!isWebAddress(address)) continue;
    if (match.index > from) pushWithSigns(pieces, text.slice(from, match.index));
    pieces.push({ kind: "link", text: address });
    from = match.index + address.length;
  }
  if (from < text.length) pushWithSigns(pieces, text.slice(from));
  return pieces;
}

function pushWithSigns(pieces: VisiblePiece[], text: string): void {
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) pieces.push({ kind: "text", text: text.slice(from, match.index) });
    pieces.push({ kind: "sign", text: signOf(match[0]), name: nameOf(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from) });
}

/** Sentence punctuation after an address is not part of it, nor is a closing bracket that was not opened inside. */
function withoutTrailingPunctuation(address: string): string {
  const unopened = { ")": excess(address, "(", ")"), "]": excess(address, "[", "]") };
  let end = address.length;
  for (; end > 0; end--) {
    const character = address[end - 1] ?? "";
    if (character === ")" || character === "]") {
      if (unopened[character] <= 0) break;
      unopened[character]--;
    } else if (!".,;:!?".includes(character)) break;
  }
  return address.slice(0, end);
}

const excess = (text: string, opening: string, closing: string): number =>
  text.split(closing).length - text.split(opening).length;

const isWebAddress = (address: string): boolean => {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "";
};
