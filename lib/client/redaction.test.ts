import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRedacted, redactionCount, redactionPieces } from "./redaction.ts";

describe("marks of what was taken out", () => {
  it("are told from other text, every time one asks", () => {
    expect([
      isRedacted("[redacted:key#1]"),
      isRedacted("[redacted:key#1]"),
      isRedacted("not redacted"),
    ]).toEqual([true, true, false]);
  });

  it("stand out alone: the words around them do not", () => {
    expect(redactionPieces("Bearer [redacted:bearer#9f1c], again [redacted]")).toEqual([
      { text: "Bearer ", isRedacted: false },
      { text: "[redacted:bearer#9f1c]", isRedacted: true },
      { text: ", again ", isRedacted: false },
      { text: "[redacted]", isRedacted: true },
    ]);
  });

  it("lose nothing of a text and are counted as they are shown", () => {
    const part = fc.oneof(fc.string(), fc.constantFrom("[redacted]", "[redacted:key#1]", "[redacted:", "]"));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.join("");
        const pieces = redactionPieces(text);
        expect(pieces.map((piece) => piece.text).join("")).toBe(text);
        expect(pieces.filter((piece) => piece.isRedacted)).toHaveLength(redactionCount(text));
      }),
    );
  });
});
