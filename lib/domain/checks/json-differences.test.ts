import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonDifferences } from "./json-differences.ts";

const paths = (before: unknown, after: unknown) =>
  jsonDifferences(before, after, 100).differences.map(({ path }) => path);

describe("where two JSON values differ", () => {
  test.each<[unknown, unknown, string[]]>([
    [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, []],
    [{ a: 1 }, { a: 2 }, ["/a"]],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }, 4] }, ["/a/1/b", "/a/2"]],
    [{ "a/b": { "~": 1 } }, { "a/b": { "~": 2 } }, ["/a~1b/~0"]],
    [[1], { 0: 1 }, [""]],
    [null, {}, [""]],
    [1, "1", [""]],
    [{ a: null }, {}, ["/a"]],
    [JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 2}'), ["/__proto__"]],
    [{}, JSON.parse('{"constructor": 1}'), ["/constructor"]],
  ])("%j and %j at %j", (before, after, expected) => {
    expect(paths(before, after)).toEqual(expected);
  });

  test("a side on which there is nothing is told from null", () => {
    const { differences } = jsonDifferences({ a: null }, {}, 10);
    expect(differences).toEqual([{ path: "/a", before: null, after: undefined }]);
  });

  test("at most as many as asked for, and it is said when there are more", () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, index]));
    expect(jsonDifferences(many, {}, 100)).toMatchObject({ isCapped: true, differences: { length: 100 } });
    expect(jsonDifferences(many, {}, 200)).toMatchObject({ isCapped: false, differences: { length: 200 } });
  });

  test("depth exhausts nothing", () => {
    const deep = (leaf: number) => {
      let value: unknown = leaf;
      for (let level = 0; level < 20_000; level++) value = [value];
      return value;
    };
    expect(jsonDifferences(deep(1), deep(2), 10).differences).toHaveLength(1);
  });

  test("no JSON value differs from its own copy", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(paths(value, JSON.parse(JSON.stringify(value)))).toEqual([]);
      }),
    );
  });
});
