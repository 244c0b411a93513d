import { type JsonNode, jsonValue } from "#lib/client/json-tree/json-node.ts";
import { redactionCount } from "#lib/client/redaction.ts";

/** A recorded message for people. */
export type MessageText =
  /** `root` is null when it is larger or deeper than a tree may be. */
  | { readonly kind: "json"; readonly root: JsonNode | null; readonly redactions: number }
  /** No JSON: cut, or never any. */
  | { readonly kind: "text"; readonly text: string; readonly redactions: number };

/** Reads a recorded message; never throws. */
export function readMessage(recorded: string): MessageText {
  const redactions = redactionCount(recorded);
  return bodyValue(recorded) === undefined
    ? { kind: "text", text: recorded, redactions }
    : { kind: "json", root: jsonValue(recorded), redactions };
}

/** The JSON value of a recorded message; undefined when there is none. */
export function bodyValue(recorded: string | null): unknown {
  if (recorded === null) return undefined;
  try {
    const value: unknown = JSON.parse(recorded);
    return value;
  } catch {
    // Cut in the middle, or not JSON: shown as the text that it is.
    return undefined;
  }
}
