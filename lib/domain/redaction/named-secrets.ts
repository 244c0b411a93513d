import type { Mark } from "./secret-patterns.ts";

/**
 * Secrets that only their names give away: `password=…`, `"apiKey": "…"`, `{ name: "token", value: "…" }`. Names are
 * found in text of any kind, also in JSON that lies as a text within JSON; what stands behind them is read as what it
 * is: a quoted text, a list or an object up to its end, or a word.
 */

const SECRET_NAME = [
  "(?:(?:passw(?:or)?d|passphrase|pwd|secret|credential|connection[_-]?string|token|authorization|cookie",
  "|(?:api|access|secret|private|account|signing|encryption)[\\s_-]?key)s?",
  "(?:[_-]?(?:key|value))?|(?<![a-z])(?:pass|jwt|otp|cvv|cvc))",
].join("");
/** A quote that closes a name or opens a value, however often the JSON it belongs to is escaped. */
const QUOTE = "\\\\{0,31}[\"'`]";
const NAMED = new RegExp(`${SECRET_NAME}(${QUOTE})?\\s{0,3}(?:=>|[:=])\\s{0,16}`, "gi");
/** A name that is itself a value, with the secret in the field behind it. */
const NAMED_BY_FIELD = new RegExp(
  `(?:name|key|header|field)(${QUOTE})?\\s{0,3}:\\s{0,3}${QUOTE}[\\w-]{0,40}?${SECRET_NAME}${QUOTE}\\s{0,3},\\s{0,16}(?:${QUOTE})?value(?:${QUOTE})?\\s{0,3}:\\s{0,16}`,
  "gi",
);
const SCHEME = /(?:bearer|basic|digest|token|apikey)\s{1,3}/iy;
const OPENING = /(\\{0,31})(["'`])/y;
const WORD = /[^\s"'`,;&<>()[\]{}|\\]{1,4096}/y;
/** Short names are common words as well: only a quoted value behind them is a secret. */
const SHORT_NAME = /^(?:pass|jwt|otp|cvv|cvc)(?![a-z])/i;
/** Many programs count these, or list words by them. */
const COUNTED_NAME = /^tokens/i;
const COOKIE_NAME = /^cookie/i;

/** What stands behind the name of a secret and is none. */
const NO_SECRET =
  /^(?:null|undefined|true|false|none|nil|nan|empty|bearer|basic|digest|token|apikey|\*+|x{3,}|-+|\.{2,}|\d{1,7}|\[redacted.*|<.*|\$\{.*|\$[A-Z_]+|process\.env\b.*|env\..*|https?:\/\/.*)$/i;
const PROSE = /^[a-z]{1,19}[.!?:]?$/i;
/** A description of a field, as tools have in their schemas. */
const IS_SCHEMA =
  /type\\{0,31}["'`]?\s{0,3}:\s{0,3}\\{0,31}["'`](?:string|number|integer|boolean|object|array|null)\b/;
/** What Node shows instead of a value. */
const SHOWN_SHORT =
  /^\[(?:redacted|object|array|function|getter|setter|circular|symbol|class|hidden|filtered)\b/i;
const STRUCTURE_CHARACTERS_MAX = 16_384;

/** A value behind a name, without its quotes. `isWhole`: a list or an object. */
interface Value {
  start: number;
  end: number;
  isQuoted: boolean;
  isWhole: boolean;
}

const ANY_SECRET_NAME = new RegExp(SECRET_NAME, "i");

/** True when what is called so should be a secret: `DB_PASSWORD`, `apiKey`, `Authorization`. */
export const isSecretName = (name: string): boolean => ANY_SECRET_NAME.test(name);

/** `text` without the values of names that promise secrets. */
export function replaceNamed(text: string, mark: Mark): string {
  return replaceBehind(replaceBehind(text, NAMED, mark), NAMED_BY_FIELD, mark);
}

function replaceBehind(text: string, names: RegExp, mark: Mark): string {
  let out = "";
  let copied = 0;
  names.lastIndex = 0;
  for (let found = names.exec(text); found !== null; found = names.exec(text)) {
    const [name, nameQuote] = found;
    const value = valueAt(text, names.lastIndex);
    if (!value || !isSecret(text, value, name)) continue;
    const secret = text.slice(value.start, value.end);
    // A number or a list of JSON becomes a text of JSON.
    const quote = value.isQuoted ? "" : (nameQuote ?? "");
    out += `${text.slice(copied, value.start)}${quote}${mark("value", secret)}${quote}`;
    copied = value.end;
    names.lastIndex = value.end;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

function isSecret(text: string, value: Value, name: string): boolean {
  const secret = text.slice(value.start, value.end);
  if (secret === "") return false;
  if (value.isWhole) {
    if (COUNTED_NAME.test(name) || SHOWN_SHORT.test(secret) || IS_SCHEMA.test(secret)) return false;
    return /[a-z0-9]/i.test(secret);
  }
  if (NO_SECRET.test(secret)) return SHORT_NAME.test(name) && value.isQuoted && /^\d{3,7}$/.test(secret);
  if (value.isQuoted) return true;
  // A header has its own end, which is not that of a word.
  if (SHORT_NAME.test(name) || COOKIE_NAME.test(name)) return false;
  const isSentence = /:\s+$/.test(name) && PROSE.test(secret);
  return !isSentence;
}

function valueAt(text: string, at: number): Value | null {
  SCHEME.lastIndex = at;
  const begin = SCHEME.test(text) ? SCHEME.lastIndex : at;
  OPENING.lastIndex = begin;
  const opening = OPENING.exec(text);
  if (opening) {
    const [{ length }, slashes = "", quote = ""] = [opening[0], opening[1], opening[2]];
    SCHEME.lastIndex = begin + length;
    const start = SCHEME.test(text) ? SCHEME.lastIndex : begin + length;
    return { start, end: closingOf(text, start, quote, slashes.length), isQuoted: true, isWhole: false };
  }
  const first = text[begin];
  if (first === "{" || first === "[") {
    return { start: begin, end: structureEnd(text, begin), isQuoted: false, isWhole: true };
  }
  WORD.lastIndex = begin;
  const word = WORD.exec(text);
  return word ? { start: begin, end: WORD.lastIndex, isQuoted: false, isWhole: false } : null;
}

/**
 * Where a quoted text ends whose quote has `slashes` backslashes before it: at the next one with as many, beside those
 * that stand for backslashes of the text itself. The end of `text` when it is never closed.
 */
function closingOf(text: string, from: number, quote: string, slashes: number): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let run = 0;
    while (at - run - 1 >= from && text[at - run - 1] === "\\") run += 1;
    if (run % (2 * (slashes + 1)) === slashes) return at - slashes;
  }
  return text.length;
}

/** Where a list or an object ends, whatever its texts hold; what is too long or never closed ends where it was looked at. */
function structureEnd(text: string, from: number): number {
  const endMax = Math.min(text.length, from + STRUCTURE_CHARACTERS_MAX);
  let depth = 0;
  for (let at = from; at < endMax; at++) {
    const character = text[at];
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (character === '"' || character === "'" || character === "`") {
      let slashes = 0;
      while (at - slashes - 1 >= from && text[at - slashes - 1] === "\\") slashes += 1;
      at = closingOf(text, at + 1, character, slashes) + slashes;
    }
  }
  return endMax;
}
