import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tool } from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { computingMs } from "#lib/testing/computing-time.ts";
import { compareTools } from "./compare-tools.ts";

type Schema = Record<string, unknown>;

const tool = (inputSchema: Schema, over: Partial<Tool> = {}): Tool => ({
  name: "search",
  title: null,
  description: null,
  inputSchema,
  outputSchema: null,
  annotations: null,
  ...over,
});
const object = (properties: Schema, required: string[] = [], rest: Schema = {}): Schema => ({
  type: "object",
  properties,
  required,
  ...rest,
});
const breaks = (before: Schema, after: Schema): boolean | undefined =>
  compareTools([tool(before)], [tool(after)]).changed[0]?.breaking;
const breaksReaders = (before: Schema | null, after: Schema | null): boolean | undefined =>
  compareTools([tool({}, { outputSchema: before })], [tool({}, { outputSchema: after })]).changed[0]
    ?.breaking;
const text = { type: "string" };

describe("which changes of arguments break callers", () => {
  it.each<[string, Schema, Schema, boolean]>([
    ["a new optional property", object({ a: text }), object({ a: text, b: text }), false],
    ["a new required property", object({ a: text }), object({ a: text, b: text }, ["b"]), true],
    ["an optional property that becomes required", object({ a: text }), object({ a: text }, ["a"]), true],
    ["a required property that becomes optional", object({ a: text }, ["a"]), object({ a: text }), false],
    ["a removed property", object({ a: text, b: text }), object({ a: text }), true],
    [
      "a removed property of a nested object",
      object({ o: object({ a: text }) }),
      object({ o: object({}) }),
      true,
    ],
    ["another type", object({ a: text }), object({ a: { type: "number" } }), true],
    ["a wider type", object({ a: text }), object({ a: { type: ["string", "null"] } }), false],
    ["integer to number", object({ a: { type: "integer" } }), object({ a: { type: "number" } }), false],
    ["number to integer", object({ a: { type: "number" } }), object({ a: { type: "integer" } }), true],
    ["a narrower enum", object({ a: { enum: ["x", "y"] } }), object({ a: { enum: ["x"] } }), true],
    ["a wider enum", object({ a: { enum: ["x"] } }), object({ a: { enum: ["x", "y"] } }), false],
    ["an enum where any text was fine", object({ a: text }), object({ a: { ...text, enum: ["x"] } }), true],
    [
      "a lower maximum",
      object({ a: { type: "number", maximum: 9 } }),
      object({ a: { type: "number", maximum: 5 } }),
      true,
    ],
    [
      "a higher maximum",
      object({ a: { type: "number", maximum: 5 } }),
      object({ a: { type: "number", maximum: 9 } }),
      false,
    ],
    ["an open bound", object({ a: { minimum: 1 } }), object({ a: { exclusiveMinimum: 1 } }), true],
    ["a longer minimum length", object({ a: text }), object({ a: { ...text, minLength: 1 } }), true],
    ["a pattern", object({ a: text }), object({ a: { ...text, pattern: "^x" } }), true],
    [
      "narrower items",
      object({ a: { type: "array", items: text } }),
      object({ a: { type: "array", items: { enum: ["x"] } } }),
      true,
    ],
    [
      "one more alternative",
      object({ a: { anyOf: [text] } }),
      object({ a: { anyOf: [text, { type: "null" }] } }),
      false,
    ],
    [
      "one alternative less",
      object({ a: { anyOf: [text, { type: "null" }] } }),
      object({ a: { anyOf: [text] } }),
      true,
    ],
    [
      "an object that is closed now",
      object({ a: text }),
      object({ a: text }, [], { additionalProperties: false }),
      false,
    ],
    [
      "a map that is closed now",
      object({}, [], { additionalProperties: text }),
      object({}, [], { additionalProperties: false }),
      true,
    ],
    [
      "words only",
      object({ a: { ...text, description: "old" } }),
      object({ a: { ...text, description: "new" } }),
      false,
    ],
    ["what is not understood", object({ a: { not: text } }), object({ a: { not: { type: "null" } } }), true],
  ])("%s", (_name, before, after, expected) => expect(breaks(before, after)).toBe(expected));

  it("looks through references, also those that go round in circles", () => {
    const tree = (leaf: Schema): Schema => ({
      $ref: "#/$defs/node",
      $defs: { node: object({ leaf, children: { type: "array", items: { $ref: "#/$defs/node" } } }) },
    });
    expect(breaks(tree(text), tree({ type: ["string", "null"] }))).toBe(false);
    expect(breaks(tree(text), tree({ type: "number" }))).toBe(true);
    const list = (leaf: Schema, words: string): Schema => ({
      ...object({ root: { $ref: "#/$defs/node" } }),
      description: words,
      $defs: { node: { anyOf: [leaf, object({ next: { $ref: "#/$defs/node" } })] } },
    });
    expect(breaks(list(text, "old"), list(text, "new"))).toBe(false);
    expect(breaks(list(text, "old"), list({ type: "null" }, "new"))).toBe(true);
    const positive = (type: string): Schema => ({
      ...object({ a: { $ref: "#/$defs/n", minimum: 1 } }),
      $defs: { n: { type } },
    });
    expect(breaks(positive("integer"), positive("number"))).toBe(false);
    expect(breaks(positive("integer"), { ...positive("integer"), $defs: { n: { type: "null" } } })).toBe(
      true,
    );
    expect(breaks({ $ref: "#" }, { $ref: "#", type: "object" })).toBe(true);
  });

  it("answers soon for schemas that refer to themselves in ever new ways", () => {
    const again = { anyOf: [{ $ref: "#/$defs/n" }, { $ref: "#/$defs/n", minProperties: 1 }] };
    const bomb = (type: string): Schema => ({
      ...object(Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, again]))),
      $defs: { n: object({ a: again, b: { allOf: [again, again] }, c: { type } }) },
    });
    const many = (type: string): Tool[] =>
      Array.from({ length: 200 }, (_, at) => tool(bomb(type), { name: `t${at}` }));
    const wide = (extra: string): Schema => {
      const values = Array.from({ length: 2_000 }, (_, at) => `v${at}`);
      const leaf = { enum: [...values, extra], not: { enum: values } };
      return {
        ...object(Object.fromEntries(values.map((name) => [name, { $ref: "#/$defs/n" }]))),
        $defs: { n: leaf },
      };
    };
    const tookMs = computingMs(() => {
      const { changed } = compareTools(many("string"), many("number"));
      expect(changed.every(({ breaking }) => breaking)).toBe(true);
      expect(breaks(wide("old"), { ...wide("old"), title: "x" })).toBe(true);
    });
    expect(tookMs).toBeLessThan(15_000);
  });
});

describe("which changes of results break readers", () => {
  it.each<[string, Schema | null, Schema | null, boolean]>([
    [
      "a new field, also of a closed object",
      object({ a: text }, [], { additionalProperties: false }),
      object({ a: text, b: text }, [], { additionalProperties: false }),
      false,
    ],
    ["a removed field", object({ a: text, b: text }), object({ a: text }), true],
    ["a field that may be missing now", object({ a: text }, ["a"]), object({ a: text }), true],
    ["a field that is always there now", object({ a: text }), object({ a: text }, ["a"]), false],
    ["a wider type", object({ a: text }), object({ a: { type: ["string", "null"] } }), true],
    ["a narrower enum", object({ a: { enum: ["x", "y"] } }), object({ a: { enum: ["x"] } }), false],
    ["no schema any more", object({ a: text }), null, true],
    ["a schema where there was none", null, object({ a: text }), false],
  ])("%s", (_name, before, after, expected) => expect(breaksReaders(before, after)).toBe(expected));
});

it("names what was added, removed and changed, and in which fields, in the order of the alphabet", () => {
  const named = (name: string, over: Partial<Tool> = {}) => tool({ type: "object" }, { name, ...over });
  expect(
    compareTools(
      [named("keep"), named("words"), named("gone"), named("also-gone")],
      [named("words", { title: "Words", description: "More" }), named("new"), named("keep"), named("a-new")],
    ),
  ).toEqual({
    added: ["a-new", "new"],
    removed: ["also-gone", "gone"],
    changed: [{ name: "words", fields: ["title", "description"], breaking: false }],
  });
});

/** Schemas of the kinds that tools have, and values that may or may not fit them. */
const leafSchema: fc.Arbitrary<Schema> = fc.oneof(
  fc.constant({}),
  fc.record({ type: fc.constantFrom("string", "integer", "number", "boolean", "null") }),
  fc.record({
    type: fc.uniqueArray(fc.constantFrom("string", "integer", "number", "null"), { minLength: 1 }),
  }),
  fc.record({ enum: fc.uniqueArray(fc.constantFrom("x", "y", 1, 2, null), { minLength: 1 }) }),
  fc.record({ type: fc.constant("integer"), minimum: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ type: fc.constant("number"), exclusiveMaximum: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ type: fc.constant("string"), minLength: fc.integer({ min: 0, max: 2 }) }),
);
const names = ["a", "b", "c"];
const { schema } = fc.letrec<{ schema: Schema; object: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leafSchema,
    tie("object"),
    fc.record({ type: fc.constant("array"), items: tie("schema") }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }) }),
    fc.record({ allOf: fc.array(leafSchema, { minLength: 1, maxLength: 2 }) }),
  ) as fc.Arbitrary<Schema>,
  object: fc
    .tuple(
      fc.dictionary(fc.constantFrom(...names), tie("schema"), { maxKeys: 3 }),
      fc.subarray(names),
      fc.boolean(),
    )
    .map(([properties, required, isClosed]) => ({
      ...object(
        properties,
        required.filter((name) => Object.hasOwn(properties, name)),
      ),
      ...(isClosed ? { additionalProperties: false } : {}),
    })),
}));
const leaf = fc.constantFrom<unknown>("x", "y", "", "zz", 0, 1, 2, 1.5, true, null);
/** Values that hold only what `schema` names, as callers do; whether they fit is the validator's word. */
const valueFor = (described: unknown, depth = 0): fc.Arbitrary<unknown> => {
  const { properties, items, anyOf } = (described ?? {}) as {
    properties?: Schema;
    items?: unknown;
    anyOf?: unknown[];
  };
  if (depth > 4) return leaf;
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one) => valueFor(one, depth + 1)));
  if (properties !== undefined) {
    const fields = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [name, valueFor(one, depth + 1)]),
    );
    return fc.oneof(
      { weight: 5, arbitrary: fc.record(fields, { requiredKeys: [] }) },
      { weight: 1, arbitrary: leaf },
    );
  }
  if (items !== undefined) return fc.array(valueFor(items, depth + 1), { maxLength: 2 });
  return leaf;
};
/** The word of the validator that MCP clients use. */
const fits = (described: Schema, value: unknown): boolean =>
  new AjvJsonSchemaValidator().getValidator(described)(value).valid;

describe("laws", () => {
  const pairs = fc.tuple(schema, schema);
  const changedPair = fc.oneof(
    pairs,
    schema.chain((before) => fc.tuple(fc.constant(before), mutated(before))),
  );

  it("a change that is called harmless refuses no arguments that were allowed", () => {
    fc.assert(
      fc.property(
        changedPair.chain(([before, after]) =>
          fc.tuple(fc.constant(before), fc.constant(after), valueFor(before)),
        ),
        ([before, after, value]) => {
          if (breaks(before, after) !== false || !fits(before, value)) return;
          expect(fits(after, value)).toBe(true);
        },
      ),
      { numRuns: 600 },
    );
  });

  it("raises no false alarm: words and new optional arguments break nobody, whatever else there is", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), schema),
        fc.subarray(names),
        schema,
        (properties, required, extra) => {
          const before = object(
            properties,
            required.filter((name) => Object.hasOwn(properties, name)),
          );
          expect(breaks(before, { ...before, description: "more words" })).toBe(false);
          expect(breaks(before, { ...before, properties: { ...properties, extra } })).toBe(false);
        },
      ),
    );
  });

  it("nothing breaks where nothing changed, and an identity of keys in another order is no change", () => {
    fc.assert(
      fc.property(schema, (one) => {
        const reordered = JSON.parse(canonicalJson(one)) as Schema;
        expect(compareTools([tool(one)], [tool(reordered)])).toEqual({ added: [], removed: [], changed: [] });
      }),
    );
  });

  it("arguments and results mirror each other: what breaks neither way allows the same", () => {
    fc.assert(
      fc.property(
        schema.chain((before) => fc.tuple(fc.constant(before), mutated(before), valueFor(before))),
        ([before, after, value]) => {
          if (breaks(before, after) !== false || breaks(after, before) !== false) return;
          expect(fits(after, value)).toBe(fits(before, value));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** The schema with one thing added, removed or replaced. */
function mutated(described: Schema): fc.Arbitrary<Schema> {
  const { properties } = described as { properties?: Record<string, Schema> };
  if (properties === undefined) return leafSchema.map((extra) => ({ ...described, ...extra }));
  const change = fc.tuple(
    fc.constantFrom(...names),
    fc.oneof(fc.constant(null), leafSchema),
    fc.subarray(names),
  );
  return change.map(([name, replacement, required]) => {
    const { [name]: _old, ...others } = properties;
    const next = replacement === null ? others : { ...others, [name]: replacement };
    return { ...described, properties: next, required: required.filter((one) => Object.hasOwn(next, one)) };
  });
}
