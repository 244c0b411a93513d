/**
 * Text of strangers in Markdown: tool names, error messages, notes. Nothing in it is markup; it renders as the characters that
 * it is, in any Markdown, also inside tables.
 */

/** Control characters and those that turn the direction of text or are not seen; a line break becomes a space. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const BREAK = /[\r\n\t\u2028\u2029]+/g;
/** What Markdown, tables, HTML and mathematics read something into, wherever it stands. */
const MARKUP = /[\\`*_{}[\]()<>#+!|~&$@^=]/g;
/** What makes a link of a bare address: `https:`, `mailto:`, `www.`. */
const SCHEME = /(?<=[a-z0-9])(?=:)|(?<=www)(?=\.)/gi;
/** A list, a rule or a heading where a line may begin with it: `-`, `1.`. */
const DASH = /(?<![\p{L}\p{N}])-|-(?![\p{L}\p{N}])/gu;
const NUMBERED = /(?<=\d)\.(?!\d)/g;

/** Whole text on one line, of which nothing is markup. */
export const plain = (text: string): string =>
  visible(text).replace(MARKUP, "\\$&").replace(SCHEME, "\\").replace(DASH, "\\-").replace(NUMBERED, "\\.");

/** What of a text can be seen, on one line. */
export const visible = (text: string): string => text.replace(BREAK, " ").replace(UNSEEN, "").trim();
