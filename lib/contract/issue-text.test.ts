import { expect, test } from "vitest";
import { z } from "zod";
import { issueText } from "./issue-text.ts";

const said = (schema: z.ZodType, input: unknown): string[] =>
  schema.safeParse(input, { error: issueText }).error?.issues.map(({ message }) => message) ?? [];

test.each<[string, z.ZodType, unknown, string]>([
  ["a missing text", z.string(), undefined, "It is missing. Give a text."],
  ["a missing choice", z.enum(["key", "public"]), undefined, "It is missing. Give one of key, public."],
  ["another type", z.string(), 7, "Give a text."],
  ["a list for an object", z.object({}), [], "Give a JSON object."],
  ["an object for a list", z.array(z.string()), {}, "Give a list."],
  ["no boolean", z.boolean(), "yes", "Give true or false."],
  ["a text that is no number", z.coerce.number(), "x", "Give a finite number."],
  ["a number without end", z.coerce.number(), "1e400", "Give a finite number."],
  ["a fraction", z.number().int(), 1.5, "Give a whole number."],
  [
    "a number that is no longer exact",
    z.number().int(),
    2 ** 53,
    "Give a number of at most 9007199254740991.",
  ],
  ["too small", z.number().min(1), 0, "Give a number of at least 1."],
  ["not more", z.number().gt(0), 0, "Give a number of more than 0."],
  ["too large", z.number().max(200), 201, "Give a number of at most 200."],
  ["not less", z.number().lt(1), 1, "Give a number of less than 1."],
  ["an empty text", z.string().min(1), "", "It is empty. Give a text."],
  ["a short text", z.string().min(12), "short", "Give at least 12 characters."],
  ["a long text", z.string().max(1), "ab", "Give at most 1 character."],
  ["another length", z.string().length(2), "a", "Give exactly 2 characters."],
  ["an empty list", z.array(z.string()).min(1), [], "Give at least 1 entry."],
  ["a long list", z.array(z.number()).max(2), [1, 2, 3], "Give at most 2 entries."],
  ["another value", z.literal("USD"), "EUR", "Give USD."],
  ["none of the values", z.union([z.literal(0), z.literal(7)]), 5, "Give one of 0, 7."],
  ["a time", z.iso.datetime(), "noon", "Give a time in UTC such as 2026-11-20T14:03:00.000Z."],
  ["an address", z.email(), "ada", "Give an e-mail address such as ada@example.com."],
  ["a URL", z.url(), "x", "Give a whole URL such as https://example.com/path."],
  ["an unusual format", z.jwt(), "x", "Give a valid jwt."],
  ["a start", z.string().startsWith("mcp_"), "x", 'It must start with "mcp_".'],
  ["an end", z.string().endsWith(".js"), "x", 'It must end with ".js".'],
  ["a part", z.string().includes("@"), "x", 'It must contain "@".'],
  ["a pattern", z.string().regex(/^[0-9]+$/), "x", "It must match /^[0-9]+$/."],
  ["a step", z.number().multipleOf(5), 7, "Give a multiple of 5."],
  [
    "unknown fields",
    z.strictObject({ name: z.string().optional() }),
    { nme: 1, x: 2 },
    'There is no field "nme", "x"; there are name.',
  ],
  [
    "a field where there are none",
    z.strictObject({}),
    { a: 1 },
    'There is no field "a"; there are none here.',
  ],
  [
    "a name of a record",
    z.record(z.string().max(1), z.string()),
    { ab: "" },
    "A name in it is not valid. Give at most 1 character.",
  ],
  [
    "an entry of a map",
    z.map(z.object({}), z.string()),
    new Map([[{}, 1]]),
    "An entry of it is not valid. Give a text.",
  ],
  [
    "what tells forms apart",
    z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]),
    {},
    "Give one of a, b.",
  ],
  [
    "none of several forms",
    z.union([z.string(), z.array(z.number())]),
    true,
    "Give a text. Or: Give a list.",
  ],
  ["several forms at once", z.xor([z.string(), z.string().max(9)]), "x", "It fits several forms at once."],
  ["a rule without words", z.string().refine(() => false), "x", "This value is not allowed here."],
])("says what to give instead of %s", (_what, schema, input, message) => {
  expect(said(schema, input)).toEqual([message]);
});

test("a schema's own words come first", () => {
  expect(said(z.string().min(3, "Use a longer name."), "a")).toEqual(["Use a longer name."]);
});

test("what the caller sent and long lists of names do not make a sentence endless", () => {
  const many = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`${index}${"x".repeat(500)}`, 1]),
  );
  expect(said(z.strictObject({}), many)[0]?.length).toBeLessThan(4000);
});
