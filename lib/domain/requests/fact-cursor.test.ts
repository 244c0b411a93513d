import fc from "fast-check";
import { expect, test } from "vitest";
import { createIdSource } from "#lib/kernel/ids.ts";
import { decodeFactCursor, encodeFactCursor } from "./fact-cursor.ts";

const ids = createIdSource();

test("a cursor comes back as the id it was made from", () => {
  for (let count = 0; count < 200; count++) {
    const id = ids.uuid();
    expect(decodeFactCursor(encodeFactCursor(id))).toBe(id);
  }
});

test("anything else is refused as invalid input, and nothing has two cursors", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: "binary" })), (text) => {
      let id: string | null = null;
      try {
        id = decodeFactCursor(text);
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid_input" });
      }
      if (id !== null) expect(encodeFactCursor(id)).toBe(text);
    }),
  );
});
