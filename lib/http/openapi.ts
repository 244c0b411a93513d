import { z } from "zod";
import * as contract from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isRawBody, isStreamed, type Route } from "./define-route.ts";
import { IDEMPOTENCY_HEADER, REPLAYED_HEADER } from "./idempotency-key.ts";
import { codesOfStatus, PROBLEM_MEDIA_TYPE, statusOf } from "./problem.ts";

type Json = Record<string, unknown>;
type Direction = "input" | "output";

/** Statuses that any call may answer with, besides those that follow from its shape. */
const ALWAYS = ["invalid_input", "rate_limited", "internal", "timeout", "unavailable"] as const;

/** The OpenAPI 3.1 document of a registry of routes; everything in it is derived, so it cannot go stale. */
export function openApiDocument(routes: readonly Route[], publicUrl: string): Json {
  const components = createComponents();
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: operationOf(route, components),
    };
  }
  const problem = components.refTo(contract.Problem, "output");
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "MCP Stack",
      version: "1",
      description:
        "Everything the dashboard can do. Errors are RFC 9457 problems with a closed list of codes.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    tags: [...new Set(routes.flatMap((route) => route.tags ?? []))].map((name) => ({ name })),
    paths,
    components: {
      schemas: components.schemas(),
      responses: problemResponses(problem),
      securitySchemes: {
        apiToken: {
          type: "http",
          scheme: "bearer",
          description: "An API token of the organization, `mcpstack_sk_…`. Its scopes limit what it may do.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "mcpstack-session",
          description:
            "The dashboard's session (with the prefix `__Host-` over https). Unsafe methods also need `x-mcpstack-csrf: 1` and our own origin.",
        },
      },
    },
  };
}

function operationOf(route: Route, components: Components): Json {
  const isPublic = route.access === "public";
  const isScoped = !isPublic && route.access !== "authenticated";
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.tags ? { tags: route.tags } : {}),
    ...(isScoped
      ? { description: `Needs the scope \`${route.access}\`.`, "x-required-scope": route.access }
      : {}),
    security: isPublic ? [] : [{ apiToken: [] }, { session: [] }],
    parameters: [
      ...pathParameters(route, components),
      ...queryParameters(route, components),
      ...headerParameters(route),
    ],
    ...requestBody(route, components),
    responses: { ...successOf(route, components), ...failuresOf(route) },
  };
}

function pathParameters(route: Route, components: Components): Json[] {
  return [...route.path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name = ""]) => {
    const schema = route.params?.shape[name];
    return {
      name,
      in: "path",
      required: true,
      schema: schema ? components.inline(schema, "input") : { type: "string" },
      ...(name === "org" || name === "server" ? { description: "Id or slug." } : {}),
    };
  });
}

function queryParameters(route: Route, components: Components): Json[] {
  return Object.entries(route.query?.shape ?? {}).map(([name, schema]) => {
    const required = !z.safeParse(schema as z.ZodType, undefined).success;
    return { name, in: "query", required, schema: components.inline(schema as z.ZodType, "input") };
  });
}

function headerParameters({ idempotency, etag, method }: Route): Json[] {
  const ifMatch = {
    name: "If-Match",
    in: "header",
    required: false,
    description: "The ETag that the change is based on. Refused with 412 once it is another one.",
    schema: { type: "string" },
  };
  if (idempotency === undefined) return etag && method !== "GET" ? [ifMatch] : [];
  return [
    {
      name: IDEMPOTENCY_HEADER,
      in: "header",
      required: idempotency === "required",
      description:
        "A text of your own, new for each request, such as a UUID. The same request sent again with it has no second effect: the first answer comes back with `Idempotency-Replayed: true`. With another request it is refused with 422, while the first is under way with 409. Remembered for 7 days.",
      schema: { type: "string", minLength: 1, maxLength: limits.money.idempotencyKeyCharactersMax },
    },
  ];
}

function requestBody(route: Route, components: Components): Json {
  const { body } = route;
  if (body === undefined) return {};
  if (isRawBody(body)) {
    const content = Object.fromEntries(
      body.raw.map((type) => [type, { schema: { type: "string", format: "binary" } }]),
    );
    return { requestBody: { required: true, description: `At most ${body.bytesMax} bytes.`, content } };
  }
  const example = route.example?.body;
  const media = { schema: components.refTo(body, "input"), ...(example === undefined ? {} : { example }) };
  return { requestBody: { required: !route.bodyOptional, content: { "application/json": media } } };
}

function successOf(route: Route, components: Components): Json {
  const headers = {
    "X-Request-Id": { schema: { type: "string" }, description: "Names this call in every log." },
    ...(route.etag && {
      ETag: { schema: { type: "string" }, description: "Changes whenever it is changed; for If-Match." },
    }),
    ...(route.idempotency && {
      [REPLAYED_HEADER]: {
        schema: { type: "string", enum: ["true"] },
        description: "This is the answer of an earlier call with the same key.",
      },
    }),
  };
  if (route.response === null) return { "204": { description: "Done.", headers } };
  if (isStreamed(route.response)) {
    const file = { schema: { type: "string" } };
    const content = Object.fromEntries(route.response.streamed.map((type) => [type, file]));
    return { "200": { description: route.summary, headers, content } };
  }
  return {
    [String(route.status ?? 200)]: {
      description: route.summary,
      headers,
      content: { "application/json": { schema: components.refTo(route.response, "output") } },
    },
  };
}

function failuresOf(route: Route): Json {
  const statuses = new Set<number>(ALWAYS.map((code) => statusOf(code)));
  if (route.access !== "public") statuses.add(401).add(403);
  if (route.path.includes("{")) statuses.add(404);
  if (route.method !== "GET") statuses.add(403).add(409);
  if (route.body !== undefined) statuses.add(413).add(415).add(422);
  if (route.idempotency !== undefined) statuses.add(409).add(422);
  if (route.etag !== undefined && route.method !== "GET") statuses.add(412);
  return Object.fromEntries(
    [...statuses]
      .sort()
      .map((status) => [String(status), { $ref: `#/components/responses/Problem${status}` }]),
  );
}

function problemResponses(schema: Json): Json {
  const responses: Json = {};
  for (let status = 400; status < 600; status++) {
    const codes = codesOfStatus(status);
    if (codes.length === 0) continue;
    responses[`Problem${status}`] = {
      description: `A problem with code ${codes.map((code) => `\`${code}\``).join(" or ")}.`,
      content: { [PROBLEM_MEDIA_TYPE]: { schema } },
    };
  }
  return responses;
}

/** Collects schemas under `components/schemas`; those that the contract exports keep their names there. */
function createComponents() {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of Object.entries(contract)) {
    if (schema instanceof z.ZodType && !registry.has(schema)) registry.add(schema, { id: name });
  }
  const schemas: Json = {};
  const convert = (schema: z.ZodType, io: Direction): Json => {
    const suffix = io === "input" ? "Input" : "";
    const document = z.toJSONSchema(schema, {
      metadata: registry,
      io,
      target: "draft-2020-12",
      unrepresentable: "any",
      // Answers may grow: a client must not refuse what it does not know. Bodies hold nothing but what they name.
      override: ({ jsonSchema }) => {
        if (io === "output" && jsonSchema.additionalProperties === false)
          delete jsonSchema.additionalProperties;
        if (io === "input" && jsonSchema.properties !== undefined) jsonSchema.additionalProperties ??= false;
      },
    });
    const { $schema: _dialect, $defs: definitions = {}, ...root } = document as Json & { $defs?: Json };
    for (const [name, definition] of Object.entries(definitions)) {
      schemas[name + suffix] ??= point(definition, suffix);
    }
    return point(root, suffix) as Json;
  };
  /** A reference for a schema with a name, the schema itself otherwise. */
  const refTo = (schema: z.ZodType, io: Direction): Json => {
    const id = registry.get(schema)?.id;
    if (id === undefined) return convert(schema, io);
    const name = id + (io === "input" ? "Input" : "");
    if (schemas[name] === undefined) {
      const converted = strip(convert(schema, io));
      // Zod may answer with a mere reference to the definition that it added.
      schemas[name] ??= converted;
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  return {
    refTo,
    inline: (schema: z.ZodType, io: Direction) => strip(convert(schema, io)),
    schemas: () => schemas,
  };
}
type Components = ReturnType<typeof createComponents>;

/** `id` is how zod names a root; in a document it would change the base of every reference. */
function strip({ id: _id, $id: _uri, ...schema }: Json): Json {
  return schema;
}

/** The same value with its references pointing into the document. */
function point(value: unknown, suffix: string): unknown {
  if (Array.isArray(value)) return value.map((item) => point(item, suffix));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    if (key === "$ref" && typeof item === "string") {
      return [key, item.replace(/^#\/\$defs\/(.+)$/, `#/components/schemas/$1${suffix}`)];
    }
    return [key, point(item, suffix)];
  });
  return Object.fromEntries(entries);
}
