import { expect, test } from "vitest";
import { openApiDocument } from "./openapi.ts";
import { routes } from "./routes/index.ts";

type Json = Record<string, unknown>;
const document = openApiDocument(routes, "https://mcp.example.com") as Json & {
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Json; responses: Json; securitySchemes: Json };
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

test("the document describes every route of the registry, once", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
    routes.map((route) => route.operationId).sort(),
  );
  expect(document.paths["/openapi.json"]?.get?.security).toEqual([]);
});

test("every reference leads somewhere, and no schema changes the base of references", () => {
  const references: string[] = [];
  visit(document, (key, value) => {
    if (key === "$ref") references.push(String(value));
    expect(key).not.toBe("$defs");
  });
  expect(references.length).toBeGreaterThan(20);
  for (const reference of new Set(references)) expect(resolve(reference), reference).toBeDefined();
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    expect(schema, name).not.toHaveProperty("$id");
    expect(schema, `${name} must not refer to itself only`).not.toEqual({
      $ref: `#/components/schemas/${name}`,
    });
  }
});

test("path parameters are exactly those of the path, and every operation can fail with a problem", () => {
  for (const { path, method, operation } of operations) {
    const parameters = operation.parameters as {
      name: string;
      in: string;
      required: boolean;
      schema: Json;
    }[];
    const inPath = parameters.filter((parameter) => parameter.in === "path");
    expect(
      inPath.map(({ name }) => `{${name}}`),
      `${method} ${path}`,
    ).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(({ required }) => required)).toBe(true);
    for (const { schema } of parameters) expect(typeof schema).toBe("object");
    const statuses = Object.keys(operation.responses as Json);
    expect(statuses.filter((status) => status.startsWith("2"))).toHaveLength(1);
    expect(statuses).toEqual(expect.arrayContaining(["400", "429", "500"]));
    expect(operation.security === undefined, `${method} ${path} must say how to sign in`).toBe(false);
    for (const name of (operation.security as Json[]).flatMap((entry) => Object.keys(entry))) {
      expect(document.components.securitySchemes).toHaveProperty(name);
    }
  }
});

function visit(value: unknown, see: (key: string, value: unknown) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      see(key, item);
      visit(item, see);
    }
  }
}

const resolve = (reference: string): unknown =>
  reference
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((node, key) => (node as Json | undefined)?.[key], document);
