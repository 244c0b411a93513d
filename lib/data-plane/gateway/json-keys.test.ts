import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDuplicateKey } from "./json-keys.ts";

describe("findDuplicateKey", () => {
  it.each([
    ['{"method":"ping","method":"tools/call"}', "method"],
    ['{"method":"ping","\\u006dethod":"tools/call"}', "method"],
    ['{"method":"ping","Method":"tools/call"}', "method"],
    ['{"id":1,"params":{"name":"a","arguments":{},"name":"b"}}', "params.name"],
    ['{"params":{"_meta":{"v":1,"v":2}}}', "params._meta.v"],
    ['{"params":{},"params":{"name":"b"}}', "params"],
    ['[{"id":1},{"id":2,"id":3}]', "id"],
    ['{"params":{"name":"a"},"param\u017f":{"name":"b"}}', "params"],
    ['{"params":{"task":1,"tas\u212a":2}}', "params.task"],
  ])("finds the second key of %s", (text, path) => {
    expect(findDuplicateKey(text)).toBe(path);
  });

  it.each([
    '{"method":"tools/call","params":{"name":"a","arguments":{"name":"x","name":"y"}}}',
    '{"result":{"a":1,"a":2}}',
    '[{"id":1},{"id":1}]',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"params":{"list":[{"a":1,"a":2}]}}',
    '{"a":["b","b"],"c":"a"}',
    "[]",
    "3",
  ])("leaves alone what nobody decides on: %s", (text) => {
    expect(findDuplicateKey(text)).toBeNull();
  });

  it.each([
    ['{"a":', "1", "}"],
    ['[{"a":', "1", "}]"],
    ['{"params":{"a":', "1", "}}"],
  ])("costs no more for each level of deep nesting: %s", (open, inner, close) => {
    // A cost per level and brace would take minutes here; an anonymous caller may send this.
    const levels = Math.floor(4_000_000 / (open.length + close.length));
    expect(findDuplicateKey(open.repeat(levels) + inner + close.repeat(levels))).toBeNull();
  });

  it("finds nothing in any JSON that was written from an object with distinct keys", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text);
        const lowered = JSON.stringify(value, (_key, item: unknown) =>
          item !== null && typeof item === "object" && !Array.isArray(item)
            ? Object.fromEntries(Object.entries(item).map(([key, inner], index) => [`${index}${key}`, inner]))
            : item,
        );
        expect(findDuplicateKey(lowered)).toBeNull();
      }),
    );
  });
});
