/** Characters that hide or reorder: controls except tab and line feed, bidi controls, zero-width ones, tags, lone surrogates. */
export const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffc]|[\u{e0000}-\u{e007f}]|\u034f|[\ud800-\udfff]|(?<!\p{Extended_Pictographic}\ufe0f?)\u200d/gu;

/** `text` with every unseen character replaced by its sign, for text of strangers on pages, and for copies that end up in a terminal. */
export const withSigns = (text: string): string => text.replace(UNSEEN, (character) => signOf(character));

/** Caret notation for ASCII controls, as terminals print them; else the code point in brackets. */
export function signOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || code === 0x7f ? `^${String.fromCharCode(code ^ 0x40)}` : `‹${nameOf(character)}›`;
}

export const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
