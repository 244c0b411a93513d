import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { computingMs } from "#lib/testing/computing-time.ts";
import { HOSTILE_LINES, HUGE_LINES } from "#lib/testing/hostile-lines.ts";
import {
  type JsonNode,
  jsonIn,
  jsonInString,
  jsonValue,
  memberCount,
  memberPath,
  membersOf,
  valueAsText,
} from "./json-node.ts";

const rootOf = (message: string): JsonNode => {
  const json = jsonIn(message);
  if (json === null) throw new Error(`no JSON in ${message}`);
  return json.root;
};
const everything = Number.POSITIVE_INFINITY;

/** The value that a tree shows, put together again from its leaves. */
function rebuilt(node: JsonNode): unknown {
  const members = membersOf(node, everything);
  if (node.kind === "array") return members.map((member) => rebuilt(member.node));
  if (node.kind === "object") {
    return Object.fromEntries(members.map(({ key, node: value }) => [key, rebuilt(value)]));
  }
  return JSON.parse(node.source);
}

describe("JSON in a message", () => {
  it.each([
    ['{"a":[1]}', "", "object"],
    ['[INFO] params {"a":[1]}', "[INFO] params ", "object"],
    ["[1,2]\n", "", "array"],
    ['\u001b[32mdone\u001b[0m {"ok":true}', "done ", "object"],
  ])("is found in %j", (message, before, kind) => {
    expect(jsonIn(message)).toMatchObject({ before, root: { kind } });
  });

  it.each(["plain", "{broken", "[INFO] nothing", "12", '"text"', "", "[", '{"a":1} and more'])(
    "is not found in %j",
    (message) => {
      expect(jsonIn(message)).toBeNull();
    },
  );

  it("is shown whole: the tree of any value is that value", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom(0, 2),
        (value, indent) => {
          const source = JSON.stringify(value, null, indent);
          const root = rootOf(source);
          expect(rebuilt(root)).toEqual(JSON.parse(source));
          expect(memberCount(root)).toBe(Object.keys(JSON.parse(source)).length);
        },
      ),
    );
  });

  it("keeps what a program would lose: digits, the order of keys, and a key that comes twice", () => {
    const members = membersOf(rootOf('{"2":12345678901234567890,"1":1e400,"a":1,"a":-0}'), everything);
    expect(members.map(({ key, node }) => [key, node.source])).toEqual([
      ["2", "12345678901234567890"],
      ["1", "1e400"],
      ["a", "1"],
      ["a", "-0"],
    ]);
  });

  it("takes only as many members as asked for", () => {
    expect(membersOf(rootOf("[1,2,3]"), 2).map(({ key }) => key)).toEqual([0, 1]);
  });

  it("gives paths that say which key, whatever it holds", () => {
    expect(memberPath("$", "items")).toBe("$.items");
    expect(memberPath("$.items", 0)).toBe("$.items[0]");
    expect(memberPath("$", 'a"]')).toBe('$["a\\"]"]');
    expect(memberPath("$", "__proto__")).toBe("$.__proto__");
  });

  it("copies text without its quotes, everything else as it was written", () => {
    expect(
      membersOf(rootOf('{"a":"x\\ny","b":[1, 2]}'), everything).map(({ node }) => valueAsText(node)),
    ).toEqual(["x\ny", "[1, 2]"]);
  });
});

describe("a text that is JSON", () => {
  it.each([
    ['{"a":1}', "object"],
    [" [1]\n", "array"],
    ['"text"', "string"],
    ["-0", "number"],
    ["null", "null"],
  ])("is a value of its kind: %j", (text, kind) => {
    expect(jsonValue(text)).toEqual({ kind, source: text.trim() });
  });

  it.each(["", "plain", '{"id":1,"resul', "1 2", "[".repeat(100_000)])(
    "is none when cut or never any",
    (text) => {
      expect(jsonValue(text)).toBeNull();
    },
  );

  it("is none when it is larger or deeper than a tree may be", () => {
    const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(jsonValue(deep(viewerLimits.jsonTreeDepthMax))).not.toBeNull();
    expect(jsonValue(deep(viewerLimits.jsonTreeDepthMax + 1))).toBeNull();
    expect(jsonValue(`"${"x".repeat(viewerLimits.jsonTreeCharactersMax)}"`)).toBeNull();
  });
});

describe("JSON in a string of JSON", () => {
  const inside = (text: string, levelsMax = 10) =>
    jsonInString({ kind: "string", source: JSON.stringify(text) }, levelsMax);

  it("is found as it was written, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom("", "\n ", "\t"),
        (value, before) => {
          const text = before + JSON.stringify(value, null, 2);
          expect(inside(text, 200)?.source).toBe(text.trim());
        },
      ),
    );
    expect(inside('{"n":12345678901234567890,"n":1e400}')?.source).toBe(
      '{"n":12345678901234567890,"n":1e400}',
    );
  });

  it.each(["12", "null", '"quoted"', "words", "[INFO] words", "{cut", ""])("is none in %j", (text) => {
    expect(inside(text)).toBeNull();
  });

  it("is none below the levels that are left, and never in what is no string", () => {
    expect(inside("[[]]", 2)).not.toBeNull();
    expect(inside("[[]]", 1)).toBeNull();
    expect(jsonInString({ kind: "array", source: "[[]]" }, 10)).toBeNull();
  });
});

describe("a message of a stranger", () => {
  it.each(HOSTILE_LINES)("is a tree of its own values or none: $name", ({ text }) => {
    const json = jsonIn(text);
    if (json !== null) expect(rebuilt(json.root)).toBeTypeOf("object");
    expect({}).not.toHaveProperty("polluted");
  });

  it.each(HUGE_LINES)("costs neither the page's time nor its stack: $name", ({ make }) => {
    const message = make();
    const tookMs = computingMs(() => {
      const json = jsonIn(message);
      if (json !== null) expect(membersOf(json.root, 100).length).toBeLessThanOrEqual(100);
    });
    expect(tookMs).toBeLessThan(1_000);
  });
});
