import { afterAll, beforeAll, expect, test } from "vitest";
import type { Problem } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  bearer,
  type Credentials,
  createTenants,
  fakeClock,
  noteRoutes,
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

test("each actor and each address has its own allowance, told in headers, and it flows back with time", async () => {
  const { call } = testApi(testSystem({ database: store.database, log, clock }), noteRoutes, {
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
