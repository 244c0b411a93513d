import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { System } from "#lib/domain/access/index.ts";
import { runQueuedOperations } from "#lib/domain/deployments/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  bearer,
  type Credentials,
  createTenants,
  type FakeRuntime,
  fakeRuntime,
  type Tenants,
  type TestDatabase,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { routes } from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let system: System;
let runtime: FakeRuntime;
let api: ReturnType<typeof testApi>;
let token: Credentials;
const MODULE = "export default { fetch: () => new Response('ok') };";
const base = "/organizations/acme/mcp-servers";

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  runtime = fakeRuntime();
  system = testSystem({ database: test_.database, doors: { runtime } });
  api = testApi(system, routes);
  token = await bearer(system, tenants.acme, ["servers:read", "servers:write", "deployments:write"]);
  await api.call("POST", base, { as: token, body: { kind: "hosted", name: "Tickets", slug: "tickets" } });
});
afterAll(() => test_.close());

const upload = (version: string, body: string | Uint8Array, contentType = "text/javascript") =>
  api.call<{ code?: string; semver?: string }>("POST", `${base}/tickets/versions`, {
    as: token,
    query: { version },
    body,
    headers: { "content-type": contentType },
  });
interface Queued {
  id: string;
  state: string;
  code?: string;
  detail?: string;
  details?: { operationId: string };
}
const post = (path: string, body?: object) =>
  api.call<Queued>("POST", `${base}/tickets/${path}`, { as: token, ...(body ? { body } : {}) });
/** Queues a publish and lets it run; answers what the queueing answered. */
const publish = async (version: string) => {
  const answer = await post("publish", { version });
  await runQueuedOperations(system);
  return answer;
};

test("code is uploaded as it is, published, and read back as deployment and history [ops.deployment.rest] [ops.publish-history]", async () => {
  expect(await upload("1.0.0", MODULE)).toMatchObject({ status: 201, body: { semver: "1.0.0" } });
  expect(await upload("1.1.0", zipSync({ "main.js": strToU8(MODULE) }), "application/zip")).toMatchObject({
    status: 201,
  });
  const queued = await publish("1.0.0");
  expect(queued).toMatchObject({ status: 202, body: { state: "queued" } });
  const location = queued.headers.get("location") ?? "";
  expect(location).toBe(`/api/v1${base}/tickets/deployment-operations/${queued.body.id}`);
  expect(await api.call("GET", location.slice("/api/v1".length), { as: token })).toMatchObject({
    status: 200,
    body: { state: "succeeded", log: expect.arrayContaining([expect.objectContaining({ level: "info" })]) },
  });
  expect(await publish("1.1.0")).toMatchObject({ status: 202 });
  const deployment = await api.call("GET", `${base}/tickets/deployment`, {
    as: token,
    query: { environment: "production" },
  });
  expect(deployment).toMatchObject({
    status: 200,
    body: { status: "active", activeVersion: { semver: "1.1.0" }, lastOperation: { kind: "publish" } },
  });
  const history = await api.call<unknown[]>("GET", `${base}/tickets/deployment-operations`, { as: token });
  expect(history.body).toMatchObject([{ version: "1.1.0" }, { version: "1.0.0" }]);
});

test("a version that is refused is a failed operation with the runtime's own message", async () => {
  await upload("2.0.0", "syntax error");
  runtime.onTrial = () => ({ refused: "Uncaught SyntaxError at main.js:1:7" });
  const queued = await publish("2.0.0");
  const operation = await api.call("GET", `${base}/tickets/deployment-operations/${queued.body.id}`, {
    as: token,
  });
  expect(operation).toMatchObject({
    status: 200,
    body: { state: "failed", version: "2.0.0", error: "Uncaught SyntaxError at main.js:1:7" },
  });
  runtime.onTrial = () => ({});
});

test("while an operation is open every other one is 409 and names it; it can be canceled; rollback and restart are queued the same way", async () => {
  const open = await post("rollback", { version: "1.0.0" });
  expect(open).toMatchObject({ status: 202, body: { state: "queued", kind: "rollback" } });
  for (const [verb, body] of [
    ["publish", { version: "1.0.0" }],
    ["rollback", undefined],
    ["restart", undefined],
    ["deactivate", undefined],
  ] as const)
    expect(await post(verb, body)).toMatchObject({
      status: 409,
      body: { code: "conflict", details: { operationId: open.body.id } },
    });
  const canceled = await post(`deployment-operations/${open.body.id}/cancel`);
  expect(canceled).toMatchObject({ status: 200, body: { state: "canceled" } });
  for (const verb of ["rollback", "restart"]) {
    expect(await post(verb)).toMatchObject({ status: 202, body: { state: "queued" } });
    expect(await runQueuedOperations(system)).toBe(1);
  }
});

test.each([
  ["an existing version", "1.0.0", MODULE, "text/javascript", 409, "conflict"],
  ["a version that is none", "latest", MODULE, "text/javascript", 400, "invalid_input"],
  ["another kind of file", "3.0.0", MODULE, "text/html", 415, "unsupported_media_type"],
  ["a damaged zip", "3.0.0", MODULE, "application/zip", 422, "bundle_refused"],
  ["nothing", "3.0.0", "", "text/javascript", 422, "bundle_refused"],
  [
    "too much",
    "3.0.0",
    "x".repeat(limits.http.bundleBytesMax + 1),
    "text/javascript",
    413,
    "payload_too_large",
  ],
])("uploading %s is refused in its own way", async (_, version, body, contentType, status, code) => {
  expect(await upload(version, body, contentType)).toMatchObject({ status, body: { code } });
});

test("a publish that is sent again with its key is the same operation, also after it ended", async () => {
  await upload("3.0.0", MODULE);
  const send = () =>
    api.call<Queued>("POST", `${base}/tickets/publish`, {
      as: token,
      body: { version: "3.0.0" },
      headers: { "idempotency-key": "deploy-3.0.0" },
    });
  const first = await send();
  expect(first).toMatchObject({ status: 202, body: { state: "queued" } });
  await runQueuedOperations(system);
  const again = await send();
  expect([again.status, again.body, again.headers.get("idempotency-replayed")]).toEqual([
    202,
    first.body,
    "true",
  ]);
  const history = await api.call<{ version: string }[]>("GET", `${base}/tickets/deployment-operations`, {
    as: token,
  });
  expect(history.body.filter(({ version }) => version === "3.0.0")).toHaveLength(1);
});
