import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Problem, pageOf } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { decodeId, isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  bearer,
  type Credentials,
  createTenants,
  fakeClock,
  recordingLog,
  sessionCookieOf,
  sessionOf,
  signedIn,
  TEST_ORIGIN,
  type Tenants,
  type TestDatabase,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { defineRoute } from "./define-route.ts";

const Note = z.object({ text: z.string(), tags: z.array(z.string()).default([]) });
const calls: unknown[] = [];
const routes = [
  defineRoute({
    method: "GET",
    path: "/open",
    operationId: "open",
    summary: "open",
    access: "public",
    response: z.object({ who: z.string().nullable() }),
    handle: ({ actor }) => ({ who: actor?.kind ?? null }),
  }),
  defineRoute({
    method: "POST",
    path: "/open",
    operationId: "postOpen",
    summary: "post open",
    access: "public",
    body: Note,
    response: Note,
    status: 201,
    handle: ({ body }) => body,
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/notes/{note}",
    operationId: "getNote",
    summary: "note",
    access: "servers:read",
    query: z.object({ view: z.enum(["full", "short"]).default("short") }),
    response: z.object({ organization: z.string(), note: z.string(), view: z.string() }),
    handle: ({ ctx, params, query }) => ({
      organization: ctx.organization.slug,
      note: params.note,
      view: query.view,
    }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/notes",
    operationId: "postNote",
    summary: "make note",
    access: "servers:write",
    body: Note,
    response: null,
    handle: ({ body }) => {
      calls.push(body);
      return undefined;
    },
  }),
  defineRoute({
    method: "PUT",
    path: "/organizations/{org}/bundle",
    operationId: "putBundle",
    summary: "bundle",
    access: "servers:write",
    body: { raw: ["application/zip", "text/javascript"], bytesMax: 1_000 },
    response: z.object({ bytes: z.number(), contentType: z.string() }),
    handle: ({ body }) => ({ bytes: body.bytes.length, contentType: body.contentType }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/pages",
    operationId: "pages",
    summary: "pages",
    access: "servers:read",
    query: z.object({
      page: z.coerce.number().default(1),
      cursor: z.string().optional(),
      asOf: z.string().optional(),
    }),
    response: pageOf(z.string()),
    handle: ({ query }) => ({
      data: ["a"],
      page: query.page,
      pageSize: 10,
      total: 35,
      totalIsCapped: false,
      nextCursor: query.page < 4 ? "log_next" : null,
      asOf: "2026-03-01T12:00:00.000Z",
    }),
  }),
  defineRoute({
    method: "GET",
    path: "/faults/{kind}",
    operationId: "faults",
    summary: "faults",
    access: "public",
    response: z.object({ ok: z.boolean() }),
    handle: ({ params }) => fault(params.kind),
  }),
];

function fault(kind: string): { ok: boolean } | Promise<{ ok: boolean }> {
  if (kind === "throw") throw new Error("the database password is hunter2");
  if (kind === "shape") return { ok: "yes" } as unknown as { ok: boolean };
  if (kind === "more") return { ok: true, secret: "hunter2" } as { ok: boolean };
  if (kind === "wait") return new Promise(() => undefined);
  throw new DomainError("unavailable", "The runtime is away.", { retryAfterSeconds: 3 });
}

let store: TestDatabase;
let tenants: Tenants;
const log = recordingLog();
const clock = fakeClock();
const api = () => testApi(testSystem({ database: store.database, log, clock }), routes);

beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
});
afterAll(() => store.close());

test("every answer names its request: a well-formed id of the caller is kept, anything else replaced", async () => {
  const { call, system } = api();
  const mine = system.ids.id("req");
  expect(
    (await call("GET", "/open", { headers: { "x-request-id": mine } })).headers.get("x-request-id"),
  ).toBe(mine);
  for (const given of ["", "abc", "req_short", `${mine}x`, "../../etc", "srv_01k00000000000000000000000"]) {
    const answer = await call<Problem>("GET", "/nowhere", { headers: { "x-request-id": given } });
    const id = answer.headers.get("x-request-id") ?? "";
    expect(isId("req", id)).toBe(true);
    expect(id).not.toBe(given);
    expect(answer.body.requestId).toBe(id);
  }
  expect(decodeId("req", mine)).not.toBeNull();
});

test("an unknown path is a 404 problem, and a wrong method a 405 that says what there is", async () => {
  const { call } = api();
  for (const path of [
    "/nowhere",
    "/open/more",
    "//open",
    "/open/",
    "/organizations//notes",
    "/%zz",
    "/faults/%00",
  ]) {
    const answer = await call<Problem>("GET", path);
    expect(answer.status, path).toBe(404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body.code).toBe("not_found");
  }
  for (const path of ["/api/other", "/api/v1", "/api/v1open", "/api/v2/open", "/"]) {
    const answer = await api().dispatch(new Request(TEST_ORIGIN + path));
    expect([path, answer.status]).toEqual([path, 404]);
  }
  const wrong = await call<Problem>("DELETE", "/open");
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")).toBe("GET, HEAD, POST");
  expect(wrong.body.code).toBe("method_not_allowed");
});

test("answers are private, never stored, never sniffed or run, and HEAD has the same headers without a body", async () => {
  const { call } = api();
  const get = await call("GET", "/open");
  expect(get.headers.get("cache-control")).toBe("private, no-store");
  expect(get.headers.get("x-content-type-options")).toBe("nosniff");
  expect(get.headers.get("content-security-policy")).toContain("default-src 'none'");
  const head = await call("HEAD", "/open");
  expect([head.status, head.text]).toEqual([200, ""]);
  expect(head.headers.get("content-type")).toBe("application/json");
});

test("an organization answers to its id and its slug, and a foreign one is the same 404 as a missing one", async () => {
  const { call } = api();
  const as = await signedIn(tenants.acme, "viewer");
  for (const ref of [tenants.acme.id, tenants.acme.slug]) {
    const answer = await call("GET", `/organizations/${ref}/notes/n1`, { as });
    expect(answer.body).toEqual({ organization: "acme", note: "n1", view: "short" });
  }
  const requestId = "req_01k00000000000000000000000";
  const seen = async (ref: string) => {
    const { status, body } = await call<Problem>("GET", `/organizations/${ref}/notes/n1`, {
      as,
      headers: { "x-request-id": requestId },
    });
    return { status, text: JSON.stringify(body).replaceAll(ref, "{org}") };
  };
  const missing = await seen("no-such-organization");
  expect(missing.status).toBe(404);
  expect(await seen(tenants.globex.slug)).toEqual(missing);
  expect(await seen(tenants.globex.id)).toEqual(missing);
  expect(await seen("org_01k00000000000000000000000")).toEqual(missing);
});

test("scope is checked before the query, the body or the handler is looked at", async () => {
  const { call } = api();
  const before = calls.length;
  const as = await signedIn(tenants.acme, "viewer");
  const answer = await call<Problem>("POST", "/organizations/acme/notes", {
    as,
    body: "{ not json",
    query: { x: "1" },
  });
  expect([answer.status, answer.body.code]).toEqual([403, "forbidden"]);
  expect(answer.body.details).toEqual({ requiredScope: "servers:write" });
  expect(calls.length).toBe(before);
});

test("unknown, repeated and wrong query parameters are refused by name", async () => {
  const { call } = api();
  const as = await signedIn(tenants.acme, "viewer");
  const ask = (search: string) => call<Problem>("GET", `/organizations/acme/notes/n1${search}`, { as });
  expect((await ask("?view=full")).status).toBe(200);
  for (const [search, path, code] of [
    ["?veiw=full", "veiw", "unknown_parameter"],
    ["?view=full&view=short", "view", "repeated_parameter"],
    ["?view=tall", "view", "invalid_value"],
    ["?__proto__=1", "__proto__", "unknown_parameter"],
    ["?constructor=1", "constructor", "unknown_parameter"],
  ]) {
    const answer = await ask(search ?? "");
    expect(answer.status, search).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ path, code });
  }
});

test("bodies: media type, size, encoding, syntax, depth and repeated keys are each refused with what is wrong", async () => {
  const { call } = api();
  const json = { "content-type": "application/json" };
  const send = (body: string | Uint8Array, headers: Record<string, string> = json) =>
    call<Problem>("POST", "/open", { body, headers });
  expect((await send('{"text":"héllo"}', { "content-type": "application/json; charset=UTF-8" })).status).toBe(
    201,
  );
  const deep = `${'{"a":'.repeat(limits.http.jsonDepthMax + 1)}1${"}".repeat(limits.http.jsonDepthMax + 1)}`;
  const cases: [string | Uint8Array, Record<string, string>, number, string][] = [
    ['{"text":"a"}', { "content-type": "text/plain" }, 415, "unsupported_media_type"],
    ['{"text":"a"}', {}, 415, "unsupported_media_type"],
    ['{"text":"a"}', { "content-type": "application/json; charset=latin1" }, 415, "unsupported_media_type"],
    ['{"text":"a"}', { ...json, "content-encoding": "gzip" }, 415, "unsupported_media_type"],
    ["", json, 400, "invalid_input"],
    ["{", json, 400, "invalid_input"],
    ["null", json, 400, "invalid_input"],
    [new Uint8Array([0x22, 0xff, 0x22]), json, 400, "invalid_input"],
    ['{"text":"a","text":"b"}', json, 400, "invalid_input"],
    ['{"text":"a","\\u0074ext":"b"}', json, 400, "invalid_input"],
    [deep, json, 400, "invalid_input"],
    [`{"text":${"[".repeat(400_000)}`, json, 400, "invalid_input"],
    [`{"text":"${"x".repeat(limits.http.bodyBytesMax)}"}`, json, 413, "payload_too_large"],
  ];
  for (const [body, headers, status, code] of cases) {
    const answer = await send(body, headers);
    expect([answer.status, answer.body.code], String(body).slice(0, 40)).toEqual([status, code]);
  }
  expect((await send('{"text":1,"tags":["a",2]}')).body.errors.map(({ path }) => path)).toEqual([
    "text",
    "tags.1",
  ]);
  expect((await send('{"a":{"b":[1,{"c":1,"c":2}]}}')).body.errors[0]).toMatchObject({
    path: "a.b.1.c",
    code: "duplicate_key",
  });
});

test("a body that is announced too large is refused unread, and one that lies is cut off", async () => {
  const { dispatch } = api();
  let pulled = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled++;
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
      },
    });
  const send = (headers: Record<string, string>) =>
    dispatch(
      new Request(`${TEST_ORIGIN}/api/v1/open`, {
        method: "POST",
        body: endless(),
        headers: { "content-type": "application/json", ...headers },
        duplex: "half",
      } as RequestInit),
    );
  expect((await send({ "content-length": "99999999" })).status).toBe(413);
  expect(pulled).toBeLessThan(5);
  expect((await send({})).status).toBe(413);
  expect(pulled).toBeLessThan(40);
});

test("a raw body comes as bytes of an accepted type and at most its own size", async () => {
  const { call } = api();
  const as = await bearer(api().system, tenants.acme, ["servers:write"]);
  const put = (bytes: number, type: string) =>
    call("PUT", "/organizations/acme/bundle", {
      as,
      body: new Uint8Array(bytes),
      headers: { "content-type": type },
    });
  expect((await put(1_000, "text/javascript; charset=utf-8")).body).toEqual({
    bytes: 1_000,
    contentType: "text/javascript",
  });
  expect((await put(1_001, "application/zip")).status).toBe(413);
  expect((await put(10, "application/json")).status).toBe(415);
});

test("CSRF: a cookie alone never writes; it needs our header and our origin, while a token needs neither", async () => {
  const { call } = api();
  const { id } = tenants.acme.users.developer;
  const cookie = await sessionCookieOf(id);
  const write = (headers: Credentials) =>
    call<Problem>("POST", "/organizations/acme/notes", { body: { text: "a" }, headers });
  const header = { "x-mcpstack-csrf": "1" };
  const allowed: Credentials[] = [
    { cookie, ...header, origin: TEST_ORIGIN },
    { cookie, ...header, "sec-fetch-site": "same-origin" },
    { cookie, ...header, origin: "http://localhost:4000", host: "localhost:4000" },
    await bearer(api().system, tenants.acme, ["servers:write"]),
  ];
  for (const headers of allowed) expect((await write(headers)).status, JSON.stringify(headers)).toBe(204);
  const refused: Credentials[] = [
    { cookie },
    { cookie, origin: TEST_ORIGIN },
    { cookie, ...header },
    { cookie, ...header, origin: "https://evil.example" },
    { cookie, ...header, origin: "null" },
    { cookie, ...header, origin: TEST_ORIGIN, "sec-fetch-site": "cross-site" },
    { cookie, ...header, origin: TEST_ORIGIN, "sec-fetch-site": "same-site" },
    { cookie, "x-mcpstack-csrf": "true", origin: TEST_ORIGIN },
  ];
  for (const headers of refused) {
    const answer = await write(headers);
    expect([answer.status, answer.body.details], JSON.stringify(headers)).toEqual([403, { reason: "csrf" }]);
  }
  const foreign = await call("POST", "/open", {
    body: { text: "a" },
    headers: { origin: "https://evil.example" },
  });
  expect(foreign.status).toBe(403);
});

test("nobody is told to sign in; a bad token says so, and is never topped up by a cookie", async () => {
  const { call } = api();
  const path = "/organizations/acme/notes/n1";
  const nobody = await call<Problem>("GET", path);
  expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="mcpstack"']);
  const session = await signedIn(tenants.acme, "owner");
  for (const authorization of [
    "Bearer nonsense",
    `Bearer mcpstack_sk_${"a".repeat(43)}`,
    "Basic YTpi",
    "Bearer ",
  ]) {
    const answer = await call<Problem>("GET", path, { as: { ...session, authorization } });
    expect(answer.status, authorization).toBe(401);
    expect(answer.body.detail).toContain("token");
  }
  const forged = { cookie: "mcpstack-session=eyJhbGciOiJkaXIifQ..a.b.c", "x-mcpstack-csrf": "1" };
  expect((await call("GET", path, { as: forged })).status).toBe(401);
  const expired = { cookie: await sessionCookieOf(tenants.acme.users.owner.id, 1, -60) };
  expect((await call("GET", path, { as: expired })).status).toBe(401);
  expect((await call("GET", path, { as: await sessionOf(tenants.acme.users.owner.id, 2) })).status).toBe(401);
  expect((await call("GET", path, { as: await sessionOf("usr_01k00000000000000000000000") })).status).toBe(
    401,
  );
});

test("pages carry links that keep the query and pin the pages; a cursor only leads onward", async () => {
  const { call } = api();
  const as = await signedIn(tenants.acme, "viewer");
  const link = async (query: Record<string, string>) =>
    (await call("GET", "/organizations/acme/pages", { as, query })).headers.get("link");
  const at = "asOf=2026-03-01T12%3A00%3A00.000Z";
  const path = "/api/v1/organizations/acme/pages";
  expect(await link({ page: "2" })).toBe(
    `<${path}?page=1&${at}>; rel="first", <${path}?page=1&${at}>; rel="prev", <${path}?page=3&${at}>; rel="next", <${path}?page=4&${at}>; rel="last"`,
  );
  expect(await link({ cursor: "log_this" })).toBe(`<${path}?cursor=log_next>; rel="next"`);
});

test("an unexpected throw is logged with its cause and answered without it", async () => {
  const { call } = api();
  const answer = await call<Problem>("GET", "/faults/throw");
  expect([answer.status, answer.body.code]).toEqual([500, "internal"]);
  expect(answer.text).not.toContain("hunter2");
  const entry = log.entries.find(
    ({ fields }) => (fields as { requestId?: string }).requestId === answer.body.requestId,
  );
  expect(entry?.level).toBe("error");
  expect(String((entry?.fields as { err?: Error } | undefined)?.err?.message)).toContain("hunter2");
});

test("an answer out of shape is our fault; what the schema does not name never leaves", async () => {
  expect((await api().call("GET", "/faults/shape")).status).toBe(500);
  expect((await api().call("GET", "/faults/more")).status).toBe(500);
  const lenient = testApi(testSystem({ database: store.database, log }), routes, { strictResponses: false });
  expect((await lenient.call("GET", "/faults/more")).body).toEqual({ ok: true });
});

test("a handler that does not end is answered with a timeout, and a known failure says when to come back", async () => {
  const hasty = testApi(testSystem({ database: store.database, log }), routes, { requestTimeoutMs: 20 });
  expect((await hasty.call<Problem>("GET", "/faults/wait")).body).toMatchObject({
    status: 504,
    code: "timeout",
    retryable: true,
  });
  const away = await api().call<Problem>("GET", "/faults/unavailable");
  expect([away.status, away.headers.get("retry-after"), away.body.retryable]).toEqual([503, "3", true]);
});

test("each actor and each address has its own allowance, told in headers, and it flows back with time", async () => {
  const { call } = testApi(testSystem({ database: store.database, log, clock }), routes, {
    requestsPerAddressMax: 2,
    requestsPerActorMax: 3,
  });
  const from = (address: string) =>
    call<Problem>("GET", "/open", { headers: { "x-forwarded-for": address } });
  expect((await from("192.0.2.7")).headers.get("ratelimit")).toBe('"address";r=1;t=30');
  expect((await from("192.0.2.7")).status).toBe(200);
  const limited = await from("192.0.2.7");
  expect([limited.status, limited.body.code, limited.headers.get("retry-after")]).toEqual([
    429,
    "rate_limited",
    "30",
  ]);
  expect(limited.headers.get("ratelimit-policy")).toBe('"address";q=2;w=60');
  expect((await from("192.0.2.8")).status).toBe(200);
  for (const address of ["2001:db8::1", "2001:db8::2"]) expect((await from(address)).status).toBe(200);
  expect((await from("2001:db8:0:0:ffff::3")).status, "one /64 is one address").toBe(429);
  const as = await signedIn(tenants.acme, "owner");
  const mine = () => call("GET", "/open", { as, headers: { "x-forwarded-for": "192.0.2.7" } });
  expect([
    (await mine()).status,
    (await mine()).status,
    (await mine()).status,
    (await mine()).status,
  ]).toEqual([200, 200, 200, 429]);
  clock.advance(30_000);
  expect((await from("192.0.2.7")).status).toBe(200);
});

test("an address longer than the limit is refused", async () => {
  expect(
    (await api().call("GET", "/open", { query: { x: "y".repeat(limits.http.urlBytesMax) } })).status,
  ).toBe(400);
});
