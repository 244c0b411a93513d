import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentsOf, fieldsOf, initialValues, parseArguments } from "./tool-fields.ts";

const schema = {
  type: "object",
  required: ["id", "status"],
  properties: {
    note: { type: "string", description: "What to say", maxLength: 2000 },
    id: { type: "integer", minimum: 1, maximum: 50 },
    status: { enum: ["open", "closed", 3, null] },
    urgent: { type: ["boolean", "null"] },
    tags: { type: "array", items: { type: "string" } },
    limit: { type: "number", default: 2.5 },
  },
};

describe("the form of a tool", () => {
  it("has a field for every argument, required ones first, and JSON for what is nested", () => {
    expect(fieldsOf(schema).map(({ name, kind }) => `${name}:${kind}`)).toEqual([
      "id:integer",
      "status:enum",
      "note:text",
      "urgent:boolean",
      "tags:json",
      "limit:number",
    ]);
  });

  it("starts with the defaults of the schema", () => {
    expect(initialValues(fieldsOf(schema)).limit).toBe("2.5");
  });

  it("sends typed values and leaves out what was left empty", () => {
    const filled = { id: "7", status: "3", tags: '["a"]', urgent: "true" };
    expect(argumentsOf(fieldsOf(schema), filled).arguments).toEqual({
      id: 7,
      status: 3,
      tags: ["a"],
      urgent: true,
    });
  });

  it("says which field is wrong, and why", () => {
    const { errors } = argumentsOf(fieldsOf(schema), { id: "1.5", status: "gone", tags: "[", limit: "x" });
    expect(Object.keys(errors ?? {}).sort()).toEqual(["id", "limit", "status", "tags"]);
  });

  it("asks for required arguments, except that an empty text is a text", () => {
    const fields = fieldsOf({
      required: ["a", "b"],
      properties: { a: { type: "string" }, b: { type: "number" } },
    });
    expect(argumentsOf(fields, {}).errors).toEqual({ b: "This argument is required." });
  });

  it("survives any schema and any text", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (properties, text) => {
        const fields = fieldsOf({ properties, required: Object.keys(properties) });
        const result = argumentsOf(fields, Object.fromEntries(fields.map((field) => [field.name, text])));
        expect((result.arguments === null) !== (result.errors === null)).toBe(true);
      }),
    );
  });

  it("survives schemas that are none", () => {
    for (const broken of [
      {},
      { properties: null },
      { properties: [1] },
      { properties: { a: 1 } },
      { required: 3 },
    ]) {
      expect(() => fieldsOf(broken)).not.toThrow();
    }
  });
});

describe("arguments as JSON", () => {
  it("are an object, or the reason why not", () => {
    expect(parseArguments('{"a":1}').arguments).toEqual({ a: 1 });
    expect(parseArguments("").arguments).toEqual({});
    expect(parseArguments("[1]").errors).toEqual({ "": "The arguments must be a JSON object." });
    expect(parseArguments("{").errors?.[""]).toMatch(/not JSON/);
  });
});
