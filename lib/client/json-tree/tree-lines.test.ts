import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { computingMs } from "#lib/testing/computing-time.ts";
import { HOSTILE_LINES, HUGE_LINES } from "#lib/testing/hostile-lines.ts";
import { type JsonNode, jsonValue } from "./json-node.ts";
import { firstOpen, type OpenLines, type TreeLine, treeLines, withClosed, withMore } from "./tree-lines.ts";

const rootOf = (text: string): JsonNode => {
  const root = jsonValue(text);
  if (root === null) throw new Error(`no JSON: ${text}`);
  return root;
};
const reading = (value: unknown, levels: number): TreeLine[] => {
  const root = rootOf(JSON.stringify(value));
  return treeLines(root, "reading", firstOpen(root, "reading", levels));
};
const lineAt = (lines: readonly TreeLine[], path: string): TreeLine => {
  const line = lines.find((candidate) => candidate.path === path);
  if (line === undefined) throw new Error(`no line at ${path}`);
  return line;
};
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

/** Opens whatever can be opened, as somebody does who wants to see it all. */
function openedWhole(root: JsonNode): TreeLine[] {
  let open: OpenLines = new Map();
  for (;;) {
    const lines = treeLines(root, "reading", open);
    const more = lines.find((line) => line.hidden > 0 || (line.canOpen && !line.isOpen));
    if (more === undefined) return lines;
    open = withMore(open, more);
  }
}

describe("the lines of a tree", () => {
  it("begin with as many open levels as asked for", () => {
    const value = { a: { b: { c: { d: 1 } } } };
    const paths = (levels: number) => reading(value, levels).map(({ path }) => path);
    expect(paths(0)).toEqual(["$"]);
    expect(paths(1)).toEqual(["$", "$.a"]);
    expect(paths(3)).toEqual(["$", "$.a", "$.a.b", "$.a.b.c"]);
  });

  it("show every value as it was written, doubled keys and all, where the source is asked for", () => {
    const root = rootOf('{"n":12345678901234567890, "n":-0, "t":"a\\u0041\\n", "j":"[1]"}');
    const lines = treeLines(root, "source", firstOpen(root, "source", 3));
    expect(lines.slice(1).map(({ key, text, canOpen }) => [key, text, canOpen])).toEqual([
      ["n", "12345678901234567890", false],
      ["n", "-0", false],
      ["t", '"a\\u0041\\n"', false],
      ["j", '"[1]"', false],
    ]);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  });

  it("keep the digits in reading too, and show texts without quotes and escapes", () => {
    const root = rootOf('{"n":1e400,"t":"one\\ntwo"}');
    const lines = treeLines(root, "reading", firstOpen(root, "reading", 1));
    expect(lines.slice(1).map(({ text }) => text)).toEqual(["1e400", "one\ntwo"]);
  });

  it("open JSON that a text holds like the rest, with paths that say where it was", () => {
    const lines = reading({ text: JSON.stringify({ total: 7, inner: JSON.stringify([1]) }) }, 3);
    expect(lines.map(({ path }) => path)).toEqual([
      "$",
      "$.text",
      "$.text > $.total",
      "$.text > $.inner",
      "$.text > $.inner > $[0]",
    ]);
    const text = lineAt(lines, "$.text");
    expect(text.node.kind).toBe("string");
    expect(text.branch?.kind).toBe("object");
    expect(lineAt(lines, "$").branch).toBe(lineAt(lines, "$").node);
  });

  it("offer nothing to open where nothing is", () => {
    const lines = reading({ object: {}, list: [], text: "", inText: "{}", number: 1 }, 3);
    expect(lines.slice(1).every(({ canOpen, isOpen, hidden }) => !canOpen && !isOpen && hidden === 0)).toBe(
      true,
    );
  });

  it("of any value, opened whole, are every value in it once", () => {
    const valuesIn = (value: unknown): number =>
      typeof value === "object" && value !== null
        ? 1 + Object.values(value).reduce((sum: number, member) => sum + valuesIn(member), 0)
        : 1;
    // Texts that hold JSON would add their own lines.
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom("", "words", "💡"));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        leaf,
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const lines = openedWhole(rootOf(JSON.stringify(value)));
        expect(lines).toHaveLength(valuesIn(value));
        expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
        for (const { parent, level } of lines.slice(1)) {
          expect(lines.find(({ id }) => id === parent)?.level).toBe(level - 1);
        }
      }),
    );
  });
});

describe("what is large", () => {
  it("shows members in steps, and says how many are left", () => {
    const step = viewerLimits.jsonTreeChildrenStep;
    const root = rootOf(JSON.stringify(Array.from({ length: step * 2 + 1 }, () => 0)));
    let open = firstOpen(root, "source", 1);
    const shown = () => treeLines(root, "source", open);
    const [first] = shown();
    expect([shown().length - 1, first?.hidden]).toEqual([step, step + 1]);
    open = withMore(withMore(open, lineAt(shown(), "$")), lineAt(shown(), "$"));
    expect([shown().length - 1, shown()[0]?.hidden]).toEqual([step * 2 + 1, 0]);
    open = withClosed(open, lineAt(shown(), "$"));
    expect(shown()).toHaveLength(1);
  });

  it("folds a long text, opens it in steps, and cuts no character in two", () => {
    const { jsonTreeTextCharacters: first, jsonTreeTextStep: step } = viewerLimits;
    const text = `${"x".repeat(first - 1)}💡${"y".repeat(step)}`;
    const root = rootOf(JSON.stringify(text));
    const line = (open: OpenLines) => lineAt(treeLines(root, "reading", open), "$");
    const folded = line(new Map());
    expect([folded.text, folded.canOpen, folded.isOpen]).toEqual(["x".repeat(first - 1), true, false]);
    expect(folded.hidden).toBe(text.length - (first - 1));
    const opened = withMore(new Map(), folded);
    expect([line(opened).text.length, line(opened).isOpen]).toEqual([step, true]);
    const whole = withMore(opened, line(opened));
    expect([line(whole).text, line(whole).hidden]).toEqual([text, 0]);
    expect(line(withClosed(whole, line(whole)))).toEqual(folded);
  });

  it("opens no more lines at first than a page may paint, whatever its shape", () => {
    const wide = Array.from({ length: 90 }, () => Array.from({ length: 90 }, () => [1, 2, 3]));
    const lines = reading(wide, 3);
    expect(lines.length).toBeGreaterThan(90);
    expect(lines.length).toBeLessThanOrEqual(viewerLimits.jsonTreeFirstLinesMax);
  });

  it("is never deeper than a tree may be, texts in texts included", () => {
    const half = viewerLimits.jsonTreeDepthMax / 2;
    const textIn = (levels: number) => {
      const root = rootOf("[".repeat(half) + JSON.stringify(nested(levels)) + "]".repeat(half));
      return treeLines(root, "reading", firstOpen(root, "reading", viewerLimits.jsonTreeDepthMax));
    };
    // The text stands one level below the lists around it.
    expect(textIn(half - 1).some(({ branch, node }) => branch !== null && branch !== node)).toBe(true);
    expect(textIn(half).every(({ branch, node }) => branch === null || branch === node)).toBe(true);
  });
});

describe("a message of a stranger", () => {
  it.each(HOSTILE_LINES)("as a text in JSON has lines and no effect: $name", ({ text }) => {
    expect(reading({ [text]: text }, 3).length).toBeGreaterThanOrEqual(2);
    expect({}).not.toHaveProperty("polluted");
  });

  it.each(HUGE_LINES)("as a text in JSON costs neither time nor stack: $name", ({ make }) => {
    const root = jsonValue(JSON.stringify([make()]));
    const tookMs = computingMs(() => {
      if (root === null) return;
      const lines = treeLines(root, "reading", firstOpen(root, "reading", 3));
      expect(lines.length).toBeLessThanOrEqual(viewerLimits.jsonTreeFirstLinesMax);
    });
    expect(tookMs).toBeLessThan(1_000);
  });
});
