import { DomainError } from "#lib/kernel/errors.ts";

const invalid = (path: string, code: string, message: string) =>
  new DomainError("invalid_input", `The body is not valid JSON. ${message}`, {
    errors: [{ path, code, message }],
  });

/**
 * Parses a JSON body. Refuses what parsers disagree about or break on, with `invalid_input`: bytes that are not UTF-8,
 * nesting deeper than `depthMax`, and an object that names a key twice.
 */
export function parseJson(bytes: Uint8Array, depthMax: number): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === "") throw invalid("", "empty", "It is empty; send a JSON object.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid("", "syntax", error instanceof Error ? error.message : "It cannot be read.");
  }
  checkStructure(text, depthMax);
  return value;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DomainError("invalid_input", "The body is not UTF-8.", {
      errors: [{ path: "", code: "encoding", message: "Send UTF-8." }],
      cause: error,
    });
  }
}

interface Container {
  /** Keys seen so far; null for an array. */
  readonly keys: Set<string> | null;
  key: string;
  index: number;
  expectsKey: boolean;
}

/** Walks well-formed JSON text without recursion, so depth costs no stack. */
function checkStructure(text: string, depthMax: number): void {
  const stack: Container[] = [];
  for (let at = 0; at < text.length; at++) {
    const top = stack[stack.length - 1];
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        if (top?.expectsKey) readKey(stack, top, JSON.parse(text.slice(at, end + 1)) as string);
        at = end;
        break;
      }
      case "{":
      case "[": {
        const isObject = text[at] === "{";
        stack.push({ keys: isObject ? new Set() : null, key: "", index: 0, expectsKey: isObject });
        if (stack.length > depthMax) {
          throw invalid(
            pathOf(stack.slice(0, 8)),
            "too_deep",
            `It is nested deeper than ${depthMax} levels.`,
          );
        }
        break;
      }
      case "}":
      case "]":
        stack.pop();
        break;
      case ",":
        if (top === undefined) break;
        if (top.keys === null) top.index++;
        else top.expectsKey = true;
        break;
    }
  }
}

function readKey(stack: readonly Container[], top: Container, key: string): void {
  top.key = key;
  top.expectsKey = false;
  if (top.keys?.has(key))
    throw invalid(pathOf(stack), "duplicate_key", `The key ${JSON.stringify(key)} appears twice.`);
  top.keys?.add(key);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

const pathOf = (stack: readonly Container[]): string =>
  stack.map((container) => (container.keys === null ? String(container.index) : container.key)).join(".");
