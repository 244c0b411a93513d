import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serverUpstreamHeaders } from "#drizzle/schema/index.ts";
import type { Server } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { createServer, getServerConfig, loadDirectoryRows, updateServerConfig } from "./index.ts";

let own: GatewayFixture;
let connected: Server;
let hosted: Server;
beforeAll(async () => {
  own = await gatewayFixture();
  connected = await own.server();
  hosted = await createServer(own.as("developer"), { kind: "hosted", name: "Hosted", slug: "hosted" });
});
afterAll(() => own.store.close());

const developer = () => own.as("developer");
const change = (input: Partial<Parameters<typeof updateServerConfig>[1]>, server = connected.slug) =>
  updateServerConfig(developer(), { server, ...input });
const rowOf = async (id: string) =>
  (await loadDirectoryRows(own.store.database, own.system.doors.unseal)).find((row) => row.id === id);

test("upstream headers are sealed, write-only, lower-case, and reach the data plane", async () => {
  const before = (await rowOf(connected.id))?.revision;
  const config = await change({ upstreamHeaders: { Authorization: "Bearer s3cret", "x-api-key": "k" } });
  expect(config.upstreamHeaders.map(({ name }) => name)).toEqual(["authorization", "x-api-key"]);
  const stored = await own.store.database.db
    .select()
    .from(serverUpstreamHeaders)
    .where(eq(serverUpstreamHeaders.serverId, connected.id));
  const seen = JSON.stringify([config, await own.lastAudit(connected.id)]);
  expect(seen).not.toContain("s3cret");
  for (const { ciphertext } of stored)
    expect(Buffer.from(ciphertext).toString("latin1")).not.toContain("s3cret");
  const row = await rowOf(connected.id);
  expect(row?.upstreamHeaders).toEqual({ authorization: "Bearer s3cret", "x-api-key": "k" });
  expect(row?.revision).not.toBe(before);
  await change({ upstreamHeaders: { authorization: null } });
  expect((await rowOf(connected.id))?.upstreamHeaders).toEqual({ "x-api-key": "k" });
  expect(await own.lastAudit(connected.id)).toMatchObject({
    after: { upstreamHeaders: { set: [], removed: ["authorization"] } },
  });
});

test("a header sealed for one server does not open on another", async () => {
  const other = await own.server();
  const { db } = own.store.database;
  const [sealed] = await db
    .select()
    .from(serverUpstreamHeaders)
    .where(eq(serverUpstreamHeaders.serverId, connected.id));
  await db.insert(serverUpstreamHeaders).values({
    organizationId: own.tenants.acme.id,
    serverId: other.id,
    name: "x-api-key",
    ciphertext: sealed?.ciphertext ?? new Uint8Array(),
  });
  const problems: string[] = [];
  const rows = await loadDirectoryRows(own.store.database, own.system.doors.unseal, (id) =>
    problems.push(id),
  );
  expect(problems).toEqual([other.id]);
  expect(rows.find(({ id }) => id === other.id)).toMatchObject({ status: "inactive" });
});

test.each([
  "host",
  "Content-Length",
  "connection",
  "transfer-encoding",
  "te",
  "upgrade",
  "keep-alive",
  "proxy-authorization",
  "mcp-session-id",
  "Mcp-Protocol-Version",
  "x-request-id",
  "x-tenant-id",
  "x-mcpstack-internal",
  "x-forwarded-for",
  "set-cookie",
  "accept-encoding",
  "content-type",
  "---",
])("the header %s is refused", async (name) => {
  await expect(change({ upstreamHeaders: { [name]: "value" } })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: `upstreamHeaders.${name.toLowerCase()}` }],
  });
});

test.each([["a b"], [":path"], ["x\r\ny"], [""], ["é"], ["x".repeat(101)]])(
  "%j is no header name",
  async (name) => {
    await expect(change({ upstreamHeaders: { [name]: "value" } })).rejects.toMatchObject({
      code: "invalid_input",
    });
  },
);

test.each([[""], [" padded"], ["padded "], ["a\r\nx-evil: 1"], ["caf\u00e9"], ["x".repeat(8_193)]])(
  "%j is no header value",
  async (value) => {
    await expect(change({ upstreamHeaders: { "x-api-key": value } })).rejects.toMatchObject({
      code: "invalid_input",
    });
  },
);

test("variables are for hosted servers, headers for connected ones", async () => {
  await expect(change({ upstreamHeaders: { "x-api-key": "k" } }, hosted.id)).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "upstreamHeaders", code: "not_hosted" }],
  });
  await expect(change({ environment: { A: "1" } })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "environment", code: "not_connected" }],
  });
  await change({ environment: { A: "1" }, upstreamHeaders: {} }, hosted.id);
});

test("the number of headers is bounded, and a refused change changes nothing", async () => {
  const server = await own.server();
  const max = limits.servers.upstreamHeadersMax;
  const many = Object.fromEntries(Array.from({ length: max + 1 }, (_, n) => [`x-${n}`, "v"]));
  await expect(change({ upstreamHeaders: many }, server.id)).rejects.toMatchObject({ code: "limit_reached" });
  expect((await getServerConfig(developer(), { server: server.id })).upstreamHeaders).toEqual([]);
  const { "x-0": _first, ...fits } = many;
  expect((await change({ upstreamHeaders: fits }, server.id)).upstreamHeaders).toHaveLength(max);
});

test("the check policy is stored whole for servers of both kinds; its canary's arguments are not audited", async () => {
  const checks = {
    expectedTools: ["echo", "echo", "add"],
    requireBothEras: true,
    canary: { tool: "echo", arguments: { token: "s3cret" }, expectedText: "hello", everySeconds: 60 },
  };
  for (const server of [connected, hosted]) {
    const config = await change({ checks }, server.id);
    expect(config.checks).toEqual({ ...checks, expectedTools: ["echo", "add"] });
    expect(await getServerConfig(own.as("viewer"), { server: server.id })).toEqual(config);
    expect(JSON.stringify(await own.lastAudit(server.id))).not.toContain("s3cret");
  }
  const cleared = await change({ checks: {} }, hosted.id);
  expect(cleared.checks).toEqual({ expectedTools: [], requireBothEras: false, canary: null });
});

test.each([
  [{ canary: { tool: "" } }],
  [{ canary: { tool: "echo", everySeconds: limits.checks.canarySecondsMin - 1 } }],
  [{ canary: { tool: "echo", everySeconds: 1.5 } }],
  [{ canary: { tool: "echo", arguments: { text: "x".repeat(limits.checks.policyBytesMax) } } }],
  [{ canary: { tool: "echo", arguments: { text: "\u0000" } } }],
  [{ expectedTools: ["x".repeat(201)] }],
])("the policy %# is refused", async (checks) => {
  await expect(change({ checks })).rejects.toMatchObject({ code: "invalid_input" });
});

test("nobody configures a stranger's server", async () => {
  await expect(
    updateServerConfig(own.stranger(), { server: connected.id, upstreamHeaders: { "x-a": "b" } }),
  ).rejects.toMatchObject({ code: "not_found" });
});
