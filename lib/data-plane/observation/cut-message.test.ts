import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createCut } from "./cut-message.ts";

const anyText = fc
  .array(fc.constantFrom("a", "é", "ह", "€", "🎉", "👩‍👩‍👧", "\u200d"), { maxLength: 60 })
  .map((parts) => parts.join(""));

test("a cut text fits, is a beginning, splits no code point, and is as long as it can be", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 4, max: 120 }), (text, bytesMax) => {
      const cut = createCut(bytesMax)(text);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytesMax);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.isWellFormed()).toBe(true);
      const next = String.fromCodePoint(text.codePointAt(cut.length) ?? 0);
      if (cut !== text) expect(Buffer.byteLength(cut + next)).toBeGreaterThan(bytesMax);
    }),
    { numRuns: 2_000 },
  );
});

test("a text that fits is answered as it is", () => {
  const cut = createCut(10);
  expect(cut("0123456789")).toBe("0123456789");
  expect(cut("01234567€")).toBe("01234567");
  expect(cut("")).toBe("");
});
