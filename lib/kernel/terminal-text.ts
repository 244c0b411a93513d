/** Text of strangers where it could do something: on a terminal, in a text file. Browser-safe. */
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
/** CSI, OSC (ended by BEL or ST), other string commands, and two-character escapes; in their 7-bit and 8-bit forms. */
const ESCAPE_SEQUENCES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What JSON leaves as it is. */
const NOT_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Characters that reorder what is read. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.

/** `text` without anything that a terminal would act on; line breaks and tabs stay. */
export const plainText = (text: string): string =>
  text.replaceAll("\r\n", "\n").replace(ESCAPE_SEQUENCES, "").replace(CONTROL, "").replace(BIDI, "");

/** The same on one line. */
export const plainLine = (text: string): string => plainText(text).replace(/[\n\t]+/g, " ");

/** `value` as JSON that is safe on a terminal: what JSON leaves as it is, is written as an escape. */
export const terminalJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    NOT_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
