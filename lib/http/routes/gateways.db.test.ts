import { afterAll, beforeAll, expect, test } from "vitest";
import type { Attachment, CreatedAccessKey, Gateway, Grant, Problem, Server } from "#lib/contract/index.ts";
import { writeRequestFacts } from "#lib/domain/requests/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { type Credentials, signedIn, testApi } from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { routes } from "./index.ts";

/** The whole life of a gateway over REST; every answer is checked strictly against its schema. */
let own: GatewayFixture;
let api: ReturnType<typeof testApi>;
let admin: Credentials;
const ids = createIdSource();

beforeAll(async () => {
  own = await gatewayFixture({ doors: { publicFetch: async () => new Response(null, { status: 401 }) } });
  api = testApi(own.system, routes);
  admin = await signedIn(own.tenants.acme, "admin");
});
afterAll(() => own.store.close());

const call = <Body>(method: string, path: string, body?: unknown, query?: Record<string, string>) =>
  api.call<Body>(method, `/organizations/acme${path}`, {
    as: admin,
    ...(body === undefined ? {} : { body }),
    ...(query ? { query } : {}),
  });

test("a field that a body does not have is refused by name, and nothing is made", async () => {
  const answer = await call<Problem>("POST", "/gateways", { name: "Typo", access: ["key"], acess: [] });
  expect(answer).toMatchObject({
    status: 400,
    body: { errors: [{ path: "acess", code: "unrecognized_keys" }] },
  });
  expect(answer.body.detail).toContain('There is no field "acess"; there are name');
});

test("a gateway is made, given a server, keys and grants, examined, and taken apart again", async () => {
  const made = await call<Gateway>("POST", "/gateways", { name: "Partners", access: ["key"] });
  expect(made).toMatchObject({ status: 201, body: { name: "Partners", access: ["key"], grantCount: 1 } });
  const path = `/gateways/${made.body.id}`;
  const server = await own.server(undefined, ["get_ticket"]);
  const attached = await call<Attachment>("PUT", `/mcp-servers/${server.slug}/gateway`, {
    gatewayId: "partners",
    publicId: "partner-desk",
  });
  expect(attached).toMatchObject({ status: 200, body: { publicId: "partner-desk", metadataUrl: null } });
  expect((await call<Attachment[]>("GET", `${path}/servers`)).body).toEqual([attached.body]);
  expect((await call<Server>("GET", `/mcp-servers/${server.slug}`)).body).toMatchObject({
    mcpUrl: attached.body.url,
    gateway: { id: made.body.id, name: "Partners", publicId: "partner-desk" },
  });

  const key = await call<CreatedAccessKey>("POST", `${path}/keys`, { name: "Bot" });
  expect(key).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^mcpstack_gk_/) } });
  const grant = await call<Grant>("POST", `${path}/grants`, {
    subject: { kind: "key", keyId: key.body.id },
    server: server.slug,
    tools: ["get_*", "put_*"],
  });
  expect(grant).toMatchObject({ status: 201, body: { subjectLabel: "Bot", unmatchedPatterns: ["put_*"] } });
  const changed = await call<Grant>("PATCH", `${path}/grants/${grant.body.id}`, { tools: ["get_*"] });
  expect(changed.body).toMatchObject({ tools: ["get_*"], unmatchedPatterns: [] });
  expect((await call<Gateway>("PATCH", path, { name: "Friends" })).body).toMatchObject({ name: "Friends" });
  expect(await call("POST", `${path}/doctor`)).toMatchObject({ status: 200, body: { status: "failed" } });
  const direct = await call<CreatedAccessKey>("POST", `/mcp-servers/${server.slug}/keys`, { name: "Laptop" });
  expect(direct).toMatchObject({ status: 201, body: { serverId: server.id } });

  expect(await call("DELETE", path)).toMatchObject({ status: 409, body: { code: "conflict" } });
  for (const gone of [
    `/mcp-servers/${server.slug}/keys/${direct.body.id}`,
    `${path}/keys/${key.body.id}`,
    `${path}/grants/${grant.body.id}`,
    `/mcp-servers/${server.slug}/gateway`,
    path,
  ])
    expect(await call("DELETE", gone)).toMatchObject({ status: 204, text: "" });
  expect(await call<Problem>("GET", path)).toMatchObject({ status: 404, body: { code: "not_found" } });
  expect((await call<Gateway[]>("GET", "/gateways")).body).toEqual([]);
});

test("GET …/gateways/{gatewayId}/logs?page=1&pageSize=50 answers a page with links [ops.gateways.rest-logs]", async () => {
  const { body: gateway } = await call<Gateway>("POST", "/gateways", { name: "Logged", access: ["public"] });
  const server = await own.server();
  const facts = Array.from({ length: 3 }, (_, n) => {
    const id = ids.uuid(own.system.clock.nowMs() - 1_000 * (n + 1));
    return requestFact({
      id,
      organizationId: own.tenants.acme.id,
      serverId: server.id,
      outcome: "grant_denied" as const,
      era: "legacy" as const,
      tool: "refund",
      gatewayId: gateway.id,
      rpcErrorCode: -32_011,
      error: "denied",
      durationMs: 1,
      requestBytes: 1,
      responseBytes: 1,
      decision: {
        reason: "grant_missing_for_tool" as const,
        principal: "anonymous",
        grantId: null,
        explanation: { presented: {}, expected: {}, fix: "Add a grant." },
      },
    });
  });
  await writeRequestFacts(own.store.database, { facts, region: "r", node: "n" });
  const path = `/gateways/${gateway.id}/logs`;
  const page = await call("GET", path, undefined, { page: "1", pageSize: "50" });
  expect(page).toMatchObject({ status: 200, body: { total: 3, page: 1, pageSize: 50, nextCursor: null } });
  const first = await call("GET", path, undefined, {
    pageSize: "2",
    decision: "denied",
    server: server.slug,
  });
  expect(first.headers.get("link")).toMatch(/page=2.*rel="next"/);
  const refused: Record<string, string>[] = [
    { page: "0" },
    { pageSize: "201" },
    { sort: "asc" },
    { cursor: "x" },
    { from: "now" },
  ];
  for (const query of refused)
    expect(await call("GET", path, undefined, query)).toMatchObject({
      status: 400,
    });
  expect(await call("GET", path, undefined, { server: "no-such" })).toMatchObject({ status: 404 });
});

test.each([
  ["POST", "/gateways", { name: "", access: ["key"] }],
  ["POST", "/gateways", { name: "X", access: ["password"] }],
  ["POST", "/gateways", { name: "X", access: ["oauth"] }],
  ["POST", "/gateways", { name: "X", access: ["key"], callsPerMinuteMax: 0 }],
  ["POST", "/gateways", "not json"],
])("%s %s with %j is a 400 that says what is wrong", async (method, path, body) => {
  const answer = await api.call<Problem>(method, `/organizations/acme${path}`, {
    as: admin,
    body,
    headers: { "content-type": "application/json" },
  });
  expect(answer).toMatchObject({ status: 400, body: { code: "invalid_input" } });
});
