import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json-body.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("any JSON value without repeated keys comes through unchanged", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6, stringUnit: "binary" }), (text) => {
      const wellFormed = text.toWellFormed();
      expect(parseJson(bytes(wellFormed), 64)).toEqual(JSON.parse(wellFormed));
    }),
  );
});

test("a repeated key is found wherever it is, and one that only looks repeated is not", () => {
  for (const text of [
    '{"a":1,"a":2}',
    '[{"x":{"b":1,"c":{},"b":2}}]',
    '{"\\u0061":1,"a":2}',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
  ]) {
    expect(() => parseJson(bytes(text), 64), text).toThrow(/appears twice/);
  }
  for (const text of [
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":"\\"a\\":1,\\"a\\""}',
    '{"a\\\\":1,"a":2}',
    '{"A":1,"a":2}',
  ]) {
    expect(parseJson(bytes(text), 64), text).toEqual(JSON.parse(text));
  }
});

test("depth counts containers, at the limit and not beyond, and a million brackets cost no stack", () => {
  const nested = (depth: number) => bytes("[".repeat(depth) + "]".repeat(depth));
  expect(parseJson(nested(64), 64)).toBeDefined();
  expect(() => parseJson(nested(65), 64)).toThrow(/deeper than 64/);
  expect(() => parseJson(nested(500_000), 64)).toThrow();
});
