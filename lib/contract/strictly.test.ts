import { expect, test } from "vitest";
import { z } from "zod";
import { strictly } from "./strictly.ts";

const accepts = (schema: z.ZodType, value: unknown) => strictly(schema).safeParse(value).success;

test.each<[string, z.ZodType, unknown, unknown]>([
  ["an object", z.object({ a: z.number() }), { a: 1 }, { a: 1, b: 2 }],
  ["an object in an object", z.object({ a: z.object({}) }), { a: {} }, { a: { b: 1 } }],
  ["an object in a list", z.array(z.object({})), [{}], [{ b: 1 }]],
  ["an object in a record", z.record(z.string(), z.object({})), { a: {} }, { a: { b: 1 } }],
  ["one that may be left out", z.object({ a: z.object({}).optional() }), {}, { a: { b: 1 } }],
  ["one that may be null", z.object({}).nullable(), null, { b: 1 }],
  ["one with a default", z.object({}).default({}), undefined, { b: 1 }],
  ["one that becomes something else", z.object({}).transform(() => 1), {}, { b: 1 }],
  ["one of several forms", z.union([z.object({ a: z.string() }), z.null()]), { a: "" }, { a: "", b: 1 }],
  [
    "forms told apart by a field",
    z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]),
    { kind: "b" },
    { kind: "b", a: 1 },
  ],
])("%s refuses a field that it does not name", (_what, schema, good, bad) => {
  expect(schema.safeParse(bad).success).toBe(true);
  expect(accepts(schema, good)).toBe(true);
  expect(accepts(schema, bad)).toBe(false);
});

test("rules, defaults and what is said to be open stay", () => {
  const rule = z
    .object({ from: z.number(), to: z.number().default(9) })
    .refine(({ from, to }) => from < to, "Order.");
  expect(strictly(rule).parse({ from: 1 })).toEqual({ from: 1, to: 9 });
  expect(strictly(rule).safeParse({ from: 9 }).error?.issues[0]?.message).toBe("Order.");
  expect(accepts(z.looseObject({}), { a: 1 })).toBe(true);
  expect(accepts(z.record(z.string(), z.unknown()), { a: { b: 1 } })).toBe(true);
});

test("the schema it came from is as before", () => {
  const schema = z.object({});
  strictly(schema);
  expect(schema.safeParse({ a: 1 }).success).toBe(true);
});
