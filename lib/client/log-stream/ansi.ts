/** A piece of a line in one style. Colours are names of a palette that the theme defines. */
export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

export interface TextStyle {
  readonly colour: AnsiColour | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

export const ANSI_COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
export type AnsiColour = (typeof ANSI_COLOURS)[number];

const PLAIN: TextStyle = { colour: null, bold: false, dim: false, italic: false, underline: false };

/**
 * Every escape sequence: CSI (group 1 parameters, group 2 final byte), the string sequences OSC, DCS, SOS, PM, APC
 * up to their terminator or the end of the line, and single escapes. Seven and eight bit forms. No part can match
 * the same text in two ways, so the time is linear.
 */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])|(?:\u001b[PX\]^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?|(?:\u009b)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const MAY_HOLD_ESCAPES = /[\u001b\u0080-\u009f]/;

/** `text` without escape sequences: what is searched, copied and downloaded. */
export const withoutEscapes = (text: string): string =>
  MAY_HOLD_ESCAPES.test(text) ? text.replace(ESCAPES, "") : text;

/** `text` in styled pieces. Only colours and weight are taken from escape sequences, all else in them is dropped. */
export function parseAnsi(text: string): StyledText[] {
  if (!MAY_HOLD_ESCAPES.test(text)) return [{ text, style: PLAIN }];
  const pieces: StyledText[] = [];
  let style = PLAIN;
  let from = 0;
  for (const match of text.matchAll(ESCAPES)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), style });
    from = match.index + match[0].length;
    if (match[2] === "m") style = applyCodes(style, match[1] ?? "");
  }
  if (from < text.length) pieces.push({ text: text.slice(from), style });
  return pieces;
}

function applyCodes(style: TextStyle, parameters: string): TextStyle {
  let next = style;
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index];
    if (code === 38 || code === 48) {
      // An extended colour carries its own parameters: 5;n or 2;r;g;b. Only the first sixteen have a palette name.
      const isIndexed = codes[index + 1] === 5;
      const colour = isIndexed ? indexedColour(codes[index + 2]) : null;
      if (code === 38) next = { ...next, colour };
      index += isIndexed ? 2 : 4;
    } else if (code !== undefined) next = applyCode(next, code);
  }
  return next;
}

const indexedColour = (index: number | undefined): AnsiColour | null =>
  index !== undefined && index >= 0 && index < 16 ? (ANSI_COLOURS[index % 8] ?? null) : null;

function applyCode(style: TextStyle, code: number): TextStyle {
  if (code >= 30 && code <= 37) return { ...style, colour: ANSI_COLOURS[code - 30] ?? null };
  if (code >= 90 && code <= 97) return { ...style, colour: ANSI_COLOURS[code - 90] ?? null };
  switch (code) {
    case 0:
      return PLAIN;
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, dim: true };
    case 3:
      return { ...style, italic: true };
    case 4:
      return { ...style, underline: true };
    case 22:
      return { ...style, bold: false, dim: false };
    case 23:
      return { ...style, italic: false };
    case 24:
      return { ...style, underline: false };
    case 39:
      return { ...style, colour: null };
    default:
      return style;
  }
}
