import { afterAll, beforeAll, expect, test } from "vitest";
import type { Problem } from "#lib/contract/index.ts";
import { openDatabase } from "#lib/db/index.ts";
import { decodeId, isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  fakeClock,
  noteCalls,
  noteRoutes,
  recordingLog,
  signedIn,
  TEST_ORIGIN,
  type Tenants,
  type TestDatabase,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";

let store: TestDatabase;
let tenants: Tenants;
const log = recordingLog();
const clock = fakeClock();
const api = () => testApi(testSystem({ database: store.database, log, clock }), noteRoutes);

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

test("while the database is away a call is told so, may try again, and the log is not blamed for it", async () => {
  const away = openDatabase({
    url: "postgres://a:b@127.0.0.1:1/c",
    connectionsMax: 1,
    applicationName: "test",
  });
  const { call } = testApi(testSystem({ database: away, log, clock }), noteRoutes);
  const answer = await call<Problem>("GET", `/organizations/${tenants.acme.slug}/notes`, {
    as: await signedIn(tenants.acme, "owner"),
  });
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ code: "unavailable", retryable: true });
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(answer.text).not.toContain("select");
  await away.close();
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
  expect(get.headers.get("x-robots-tag")).toBe("noindex");
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
  const before = noteCalls.length;
  const as = await signedIn(tenants.acme, "viewer");
  const answer = await call<Problem>("POST", "/organizations/acme/notes", {
    as,
    body: "{ not json",
    query: { x: "1" },
  });
  expect([answer.status, answer.body.code]).toEqual([403, "forbidden"]);
  expect(answer.body.details).toEqual({ requiredScope: "servers:write" });
  expect(noteCalls.length).toBe(before);
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
  const lenient = testApi(testSystem({ database: store.database, log }), noteRoutes, {
    strictResponses: false,
  });
  expect((await lenient.call("GET", "/faults/more")).body).toEqual({ ok: true });
});

test("a handler that does not end is answered with a timeout, and a known failure says when to come back", async () => {
  const hasty = testApi(testSystem({ database: store.database, log }), noteRoutes, { requestTimeoutMs: 20 });
  expect((await hasty.call<Problem>("GET", "/faults/wait")).body).toMatchObject({
    status: 504,
    code: "timeout",
    retryable: true,
  });
  const away = await api().call<Problem>("GET", "/faults/unavailable");
  expect([away.status, away.headers.get("retry-after"), away.body.retryable]).toEqual([503, "3", true]);
});

test("an address longer than the limit is refused", async () => {
  expect(
    (await api().call("GET", "/open", { query: { x: "y".repeat(limits.http.urlBytesMax) } })).status,
  ).toBe(400);
});
