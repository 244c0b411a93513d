/**
 * Looks for keys that appear twice where policy is decided: in the message, in its `params` and in their `_meta`.
 * JSON parsers disagree about which of two equal keys counts, so a message that has one could mean one tool to the
 * gateway and another to the server. Letter case does not tell keys apart, since some parsers ignore it.
 */

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COMMA = 44;
const COLON = 58;

interface Level {
  /** The keys of an object that is watched; null for arrays and for objects that nobody decides on. */
  keys: SeenKeys | null;
  isObject: boolean;
  /** The key whose value is being read. */
  key: string;
}

const FEW_KEYS = 16;

/** A set that costs little while it is as small as in most messages. */
class SeenKeys {
  readonly #few: string[] = [];
  #many: Set<string> | null = null;

  /** False when the key is there already. */
  add(key: string): boolean {
    if (this.#many !== null) {
      const before = this.#many.size;
      return this.#many.add(key).size > before;
    }
    if (this.#few.includes(key)) return false;
    this.#few.push(key);
    if (this.#few.length > FEW_KEYS) this.#many = new Set(this.#few);
    return true;
  }
}

/** The first duplicate, as a path such as `params.name`; null when there is none. `text` must be valid JSON. */
export function findDuplicateKey(text: string): string | null {
  const stack: Level[] = [];
  let expectsKey = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = stringEnd(text, index);
      const level = expectsKey ? stack[stack.length - 1] : undefined;
      if (level?.keys) {
        const key = keyOf(text, index, end);
        if (!level.keys.add(key))
          return [...stack.slice(0, -1).map((outer) => outer.key), key].filter(Boolean).join(".");
        level.key = key;
      }
      expectsKey = false;
      index = end;
    } else if (code === OPEN_BRACE) {
      stack.push({ keys: isWatched(stack) ? new SeenKeys() : null, isObject: true, key: "" });
      expectsKey = true;
    } else if (code === OPEN_BRACKET) {
      stack.push({ keys: null, isObject: false, key: "" });
      expectsKey = false;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      stack.pop();
      expectsKey = false;
    } else if (code === COMMA) expectsKey = stack[stack.length - 1]?.isObject ?? false;
    else if (code === COLON) expectsKey = false;
  }
  return null;
}

/** The message itself (alone or in a batch), its `params`, and their `_meta`. */
function isWatched(stack: readonly Level[]): boolean {
  const message = stack[0]?.isObject === false ? 1 : 0;
  const depth = stack.length - message;
  // Asked for every brace of a body that a stranger sent: the answer must not take longer the deeper it is.
  if (depth > 2) return false;
  const [outer, inner] = [stack[message], stack[message + 1]];
  if (!outer) return true;
  if (!outer.isObject || outer.key !== "params") return false;
  return !inner || (inner.isObject && inner.key === "_meta");
}

function stringEnd(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function keyOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  const key = raw.includes("\\") ? (JSON.parse(text.slice(start, end + 1)) as string) : raw;
  return foldCase(key);
}

/** Some parsers fold letters as Unicode does: to them ſ is an s, and the sign of kelvin a k. */
const foldCase = (key: string): string => key.toUpperCase().toLowerCase();

/** Whether `key` is one of `names` to a parser that ignores letter case, and no other key to all others. */
export const isDisguised = (key: string, names: ReadonlySet<string>): boolean =>
  !names.has(key) && names.has(foldCase(key));
