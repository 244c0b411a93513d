import { Buffer } from "node:buffer";
import { DomainError } from "#lib/kernel/errors.ts";

/** A position in a log: the id of the last row that was shown, opaque to callers. */
export const encodeFactCursor = (id: string): string =>
  Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");

/** The id inside a cursor. Throws `invalid_input` for anything that `encodeFactCursor` did not make. */
export function decodeFactCursor(cursor: string): string {
  const hex = Buffer.from(cursor, "base64url").toString("hex");
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  if (hex.length !== 32 || encodeFactCursor(id) !== cursor) {
    const message = "This cursor was not made by us. Start again without one.";
    throw new DomainError("invalid_input", message, {
      errors: [{ path: "cursor", code: "invalid_cursor", message }],
    });
  }
  return id;
}
