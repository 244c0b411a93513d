import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOSTILE_LINES, HUGE_LINES } from "#lib/testing/hostile-lines.ts";
import { type JsonNode, jsonIn, memberCount, memberPath, membersOf, valueAsText } from "./json-tree.ts";

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

describe("a message of a stranger", () => {
  it.each(HOSTILE_LINES)("is a tree of its own values or none: $name", ({ text }) => {
    const json = jsonIn(text);
    if (json !== null) expect(rebuilt(json.root)).toBeTypeOf("object");
    expect({}).not.toHaveProperty("polluted");
  });

  it.each(HUGE_LINES)("costs neither the page's time nor its stack: $name", ({ make }) => {
    const message = make();
    const startMs = performance.now();
    const json = jsonIn(message);
    if (json !== null) expect(membersOf(json.root, 100).length).toBeLessThanOrEqual(100);
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});
