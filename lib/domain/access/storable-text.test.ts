import { expect, test } from "vitest";
import { findUnstorableText, storableJson } from "./storable-text.ts";

test("text the database refuses is found wherever it hides, and binary data is left alone", () => {
  expect(findUnstorableText({ a: ["fine", { b: "x\0y" }] })).toBe("a.1.b");
  expect(findUnstorableText({ "k\0": 1 })).toBe("");
  expect(findUnstorableText({ half: "\ud800" })).toBe("half");
  expect(findUnstorableText({ emoji: "😀", body: new Uint8Array([0]) })).toBeNull();
});

test("input nested deeper than any call stack is walked", () => {
  let deep: unknown = "\0";
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(findUnstorableText(deep)).toMatch(/^0\.0\./);
});

test("what a stranger's server says is made storable without losing the rest", () => {
  expect(storableJson({ "k\0": ["\0", 1, null, true] })).toEqual({ "k\u2400": ["\u2400", 1, null, true] });
  expect(storableJson([[["deep"]]], 2)).toEqual([[null]]);
});
