import { withoutEscapes } from "#lib/client/log-stream/ansi.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";

export type JsonKind = "object" | "array" | "string" | "number" | "boolean" | "null";

/**
 * One value of a JSON text, as it was written: numbers keep all their digits, keys their order, and a key that comes
 * twice comes twice.
 */
export interface JsonNode {
  readonly kind: JsonKind;
  /** The part of the text that is the value. */
  readonly source: string;
}

export interface JsonMember {
  /** The key of an object's member, the index of an array's. */
  readonly key: string | number;
  readonly node: JsonNode;
}

export interface JsonMessage {
  /** The words before the JSON. */
  readonly before: string;
  readonly root: JsonNode;
}

/**
 * The object or array that a message consists of, or ends with after some words. Null when there is none, or when it
 * is larger or deeper than a tree may be; then it is the text it is.
 */
export function jsonIn(message: string): JsonMessage | null {
  if (message.length > viewerLimits.jsonTreeCharactersMax) return null;
  const text = withoutEscapes(message).trimEnd();
  const starts = new Set([text.search(/[{[]/), text.indexOf("{")]);
  for (const start of starts) {
    const root = start === -1 ? null : jsonValue(text.slice(start));
    if (root !== null) return { before: text.slice(0, start), root };
  }
  return null;
}

/** The JSON value that a text is, of whatever kind; null when it is none, or larger or deeper than a tree may be. */
export function jsonValue(text: string, levelsMax: number = viewerLimits.jsonTreeDepthMax): JsonNode | null {
  if (text.length > viewerLimits.jsonTreeCharactersMax) return null;
  return depthOf(text, levelsMax) <= levelsMax && isJson(text) ? nodeOf(text) : null;
}

const BEGINS_AS_CONTAINER = /^"(?:\\[nrt]|\s)*[{[]/;

/**
 * The object or array that a string value is the JSON of, such as the text content of a tool's result; null when it is
 * none, or deeper than `levelsMax`.
 */
export const jsonInString = ({ kind, source }: JsonNode, levelsMax: number): JsonNode | null =>
  kind === "string" && BEGINS_AS_CONTAINER.test(source)
    ? jsonValue(String(JSON.parse(source)), levelsMax)
    : null;

/** The members of an object or array in the order they were written, at most `max` of them. */
export function membersOf({ kind, source }: JsonNode, max: number): JsonMember[] {
  const members: JsonMember[] = [];
  if (kind !== "object" && kind !== "array") return members;
  forEachMember(source, (from, to) => {
    if (members.length >= max) return false;
    members.push(memberOf(kind, source.slice(from, to), members.length));
    return true;
  });
  return members;
}

/** How many members an object or array has. */
export function memberCount(node: JsonNode): number {
  let count = 0;
  if (node.kind === "object" || node.kind === "array") {
    forEachMember(node.source, () => {
      count++;
      return true;
    });
  }
  return count;
}

/** A value as somebody pastes it: text without its quotes, everything else as JSON. */
export const valueAsText = ({ kind, source }: JsonNode): string =>
  kind === "string" ? String(JSON.parse(source)) : source;

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/** The path of a member of the value at `path`, in JSONPath notation: `$.items[0]["a key"]`. */
export const memberPath = (path: string, key: string | number): string =>
  typeof key === "string" && PLAIN_KEY.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

function isJson(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch {
    // Words in brackets, or a value that was cut.
    return false;
  }
}

function nodeOf(text: string): JsonNode {
  const source = text.trim();
  return { kind: kindOf(source[0]), source };
}

function kindOf(first: string | undefined): JsonKind {
  if (first === "{") return "object";
  if (first === "[") return "array";
  if (first === '"') return "string";
  if (first === "t" || first === "f") return "boolean";
  return first === "n" ? "null" : "number";
}

function memberOf(kind: "object" | "array", text: string, index: number): JsonMember {
  if (kind === "array") return { key: index, node: nodeOf(text) };
  const member = text.trimStart();
  const keyEnd = stringEnd(member, 0);
  const colon = member.indexOf(":", keyEnd);
  return { key: String(JSON.parse(member.slice(0, keyEnd))), node: nodeOf(member.slice(colon + 1)) };
}

/** Calls `take` with the place of each member of a container, until it answers false. `source` is valid JSON. */
function forEachMember(source: string, take: (from: number, to: number) => boolean): void {
  const end = source.length - 1;
  if (source.slice(1, end).trim() === "") return;
  let depth = 0;
  let from = 1;
  for (let at = 1; at < end; at++) {
    const character = source[at];
    if (character === '"') at = stringEnd(source, at) - 1;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === "," && depth === 0) {
      if (!take(from, at)) return;
      from = at + 1;
    }
  }
  take(from, end);
}

/** Where the string that begins at `start` ends: behind its closing quote. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** How deep brackets are nested outside of strings; what comes after the depth allowed is not looked at. */
function depthOf(source: string, levelsMax: number): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '"') at = stringEnd(source, at) - 1;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
    if (deepest > levelsMax) return deepest;
  }
  return deepest;
}
