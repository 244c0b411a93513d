import fc from "fast-check";
import { expect, test } from "vitest";
import { DomainError } from "#lib/kernel/errors.ts";
import { boundedAnswer } from "./bounded-answer.ts";

test("an answer never holds more bytes than it may, and says so exactly when something was cut", () => {
  const value = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue(), { maxKeys: 6 });
  const long = fc.record({
    rows: fc.array(fc.string({ unit: "binary", maxLength: 3_000 }), { maxLength: 120 }),
  });
  fc.assert(
    fc.property(fc.oneof(value, long), (given) => {
      let answer: ReturnType<typeof boundedAnswer>;
      try {
        answer = boundedAnswer(given, "Ask for less.", 4_096);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        return;
      }
      expect(Buffer.byteLength(answer.json)).toBeLessThanOrEqual(4_096);
      expect(JSON.parse(answer.json)).toEqual(JSON.parse(JSON.stringify(answer.value)));
      const { untrusted: _said, note, ...kept } = answer.value;
      const isWhole = JSON.stringify(kept) === JSON.stringify({ ...given, note: undefined });
      if (!("note" in given) && !("untrusted" in given)) expect(note === undefined).toBe(isWhole);
    }),
    { numRuns: 100 },
  );
});

test("texts are cut before rows are left out, and it says how to ask for less", () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({ id: index, message: "x".repeat(5_000) }));
  const { value } = boundedAnswer({ rows }, "Ask for a smaller limit.");
  expect(value.rows).toHaveLength(40);
  expect(value.note).toMatch(/too large.*Ask for a smaller limit\./);
});

test("what cannot be cut to size is refused with how to ask for less", () => {
  const wide = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`key-${index}`, index]));
  expect(() => boundedAnswer(wide, "Ask for less.", 1_000)).toThrow(
    /larger than 1000 bytes\. Ask for less\./,
  );
});

test("characters that reorder or control what is read come as escapes", () => {
  const { json } = boundedAnswer({ message: "a\u202eb\u001b[31m\u009b" }, "");
  for (const character of "\u202e\u001b\u009b") expect(json).not.toContain(character);
});
