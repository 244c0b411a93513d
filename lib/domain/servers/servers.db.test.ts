import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog, serverEnvironment } from "#drizzle/schema/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import { listen } from "#lib/db/index.ts";
import type { Ctx, System } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  createTenants,
  type FakeClock,
  type FakeRuntime,
  fakeClock,
  fakeRuntime,
  recordingLog,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import {
  createServer,
  deleteServer,
  getServer,
  getServerConfig,
  listTools,
  loadDirectoryRows,
  updateServer,
  updateServerConfig,
} from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let runtime: FakeRuntime;
let system: System;
let clock: FakeClock;
let log: ReturnType<typeof recordingLog>;
const box = createSealedBox(new Uint8Array(32).fill(7));

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
});
afterAll(() => test_.close());
beforeEach(() => {
  runtime = fakeRuntime();
  log = recordingLog();
  clock = fakeClock();
  system = testSystem({
    database: test_.database,
    clock,
    log,
    doors: { runtime, seal: box.seal, unseal: box.unseal },
  });
});

const developer = (): Ctx => testCtx(system, tenants.acme, "developer");
const viewer = (): Ctx => testCtx(system, tenants.acme, "viewer");
const stranger = (): Ctx => testCtx(system, tenants.globex, "owner");
let made = 0;
const hosted = (ctx: Ctx = developer()) => {
  made += 1;
  return createServer(ctx, { kind: "hosted", name: `Server ${made}`, slug: `server-${made}` });
};
const lastAudit = async (entityId: string) => {
  const [row] = await test_.database.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.entityId, entityId))
    .orderBy(desc(auditLog.id));
  return row;
};

test("a new hosted server is a draft with a public URL, found by id and slug, audited, and announced", async () => {
  const server = await hosted();
  expect(server).toMatchObject({
    kind: "hosted",
    status: "draft",
    transport: "streamable-http",
    mcpUrl: `http://127.0.0.1:3000/mcp/${server.slug}`,
    activeVersion: null,
    toolCount: null,
    lastSmoke: null,
    owner: "Acme developer",
    retentionDays: 7,
  });
  expect(await getServer(viewer(), { server: server.id })).toEqual(server);
  expect(await getServer(viewer(), { server: server.slug })).toEqual(server);
  expect(await lastAudit(server.id)).toMatchObject({
    action: "server.create",
    organizationId: tenants.acme.id,
    actor: `user:${tenants.acme.users.developer.id}`,
  });
  expect(runtime.refreshes).toBe(1);
});

test("other processes are notified with the id of a changed server", async () => {
  const heard: string[] = [];
  let ready = () => {};
  const listening = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const server = await hosted();
  const stop = await listen(test_.database.sql, "mcpstack_configuration", (id) => heard.push(id), ready);
  await listening;
  await updateServer(developer(), { server: server.id, name: "Renamed" });
  await eventually(() => expect(heard).toEqual([server.id]));
  await stop();
});

test("a change stays made when the data plane is away", async () => {
  const server = await hosted();
  runtime.reachable = false;
  const after = await updateServer(developer(), { server: server.slug, description: "Still here" });
  expect(after.description).toBe("Still here");
  expect(log.entries.map((entry) => entry.level)).toContain("warn");
});

test("a slug is unique across organizations, with an answer that says what to do", async () => {
  const server = await hosted();
  await expect(
    createServer(stranger(), { kind: "hosted", name: "Copy", slug: server.slug }),
  ).rejects.toMatchObject({ code: "conflict", errors: [{ path: "slug", code: "taken" }] });
});

test("two creations of one slug at the same moment: one wins, the other gets the conflict", async () => {
  const attempt = (ctx: Ctx) => createServer(ctx, { kind: "hosted", name: "Race", slug: "race" });
  const results = await Promise.allSettled([attempt(developer()), attempt(stranger())]);
  expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  const lost = results.find((result) => result.status === "rejected");
  expect(lost?.reason).toMatchObject({ code: "conflict" });
});

test.each(["new", "mcp", "api"])("the slug %s is the platform's own", async (slug) => {
  await expect(createServer(developer(), { kind: "hosted", name: "X", slug })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "slug", code: "reserved" }],
  });
});

test.each(["A", "a", "-a", "a-", "a_b", "a.b", "x".repeat(64), "a/b", "é1"])(
  "the slug %j is not a slug",
  async (slug) => {
    await expect(createServer(developer(), { kind: "hosted", name: "X", slug })).rejects.toMatchObject({
      code: "invalid_input",
    });
  },
);

test.each([
  ["ftp://example.com/mcp", "invalid_input"],
  ["https://user:secret@example.com/mcp", "invalid_input"],
  ["https://example.com/mcp#part", "invalid_input"],
  ["not a url", "invalid_input"],
  ["javascript:alert(1)", "invalid_input"],
])("the upstream URL %j is refused", async (upstreamUrl, code) => {
  await expect(
    createServer(developer(), { kind: "connected", name: "X", slug: "connected-x", upstreamUrl }),
  ).rejects.toMatchObject({ code });
});

test("a connected server keeps its URL, and only a connected one has a URL to change", async () => {
  const connected = await createServer(developer(), {
    kind: "connected",
    name: "Upstream",
    slug: "upstream",
    upstreamUrl: "https://example.com/mcp",
  });
  expect(connected).toMatchObject({ kind: "connected", upstreamUrl: "https://example.com/mcp" });
  const moved = await updateServer(developer(), {
    server: "upstream",
    upstreamUrl: "https://example.org/mcp",
  });
  expect(moved.upstreamUrl).toBe("https://example.org/mcp");
  await expect(
    updateServer(developer(), { server: "upstream", upstreamUrl: "https://a:b@example.org/mcp" }),
  ).rejects.toMatchObject({ code: "invalid_input" });
  const { id } = await hosted();
  await expect(
    updateServer(developer(), { server: id, upstreamUrl: "https://example.org/mcp" }),
  ).rejects.toMatchObject({ code: "invalid_input" });
});

test("text that the database cannot hold is bad input, not a failure", async () => {
  await expect(
    createServer(developer(), { kind: "hosted", name: "nul\0", slug: "nul-name" }),
  ).rejects.toMatchObject({ code: "invalid_input", errors: [{ path: "name", code: "invalid_text" }] });
});

test("a viewer changes nothing", async () => {
  const { id } = await hosted();
  const forbidden = { code: "forbidden" };
  await expect(hosted(viewer())).rejects.toMatchObject(forbidden);
  await expect(updateServer(viewer(), { server: id, name: "X" })).rejects.toMatchObject(forbidden);
  await expect(deleteServer(viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(updateServerConfig(viewer(), { server: id, environment: {} })).rejects.toMatchObject(
    forbidden,
  );
});

test("a stranger's server and a missing one give the same answer, to every verb", async () => {
  const { id, slug } = await hosted();
  const answerOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      ({ code, message }) => ({ code, message }),
    );
  for (const verb of [
    (server: string) => getServer(stranger(), { server }),
    (server: string) => listTools(stranger(), { server }),
    (server: string) => getServerConfig(stranger(), { server }),
    (server: string) => updateServer(stranger(), { server, name: "Mine" }),
    (server: string) => updateServerConfig(stranger(), { server, environment: { A: "1" } }),
    (server: string) => deleteServer(stranger(), { server }),
  ]) {
    const missing = await answerOf(verb("no-such-server"));
    expect(missing).toMatchObject({ code: "not_found" });
    expect(await answerOf(verb(id))).toEqual(missing);
    expect(await answerOf(verb(slug))).toEqual(missing);
  }
});

test("a deleted server is gone; its slug is free for its own organization at once, for others only when clients may have forgotten the URL [log.slug-cooling-off]", async () => {
  const server = await hosted();
  await deleteServer(developer(), { server: server.id });
  await expect(getServer(developer(), { server: server.id })).rejects.toMatchObject({ code: "not_found" });
  const rows = await loadDirectoryRows(test_.database, box.unseal);
  expect(rows.map((row) => row.id)).not.toContain(server.id);
  const heir = { kind: "hosted" as const, name: "Heir", slug: server.slug };
  await expect(createServer(stranger(), heir)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("free after 2026-03-08T12:00:00.000Z"),
    errors: [{ path: "slug", code: "cooling_off" }],
  });
  const again = await createServer(developer(), heir);
  expect(again.id).not.toBe(server.id);
  await deleteServer(developer(), { server: again.id });
  clock.advance(limits.servers.slugCoolingOffMs);
  expect(await createServer(stranger(), heir)).toMatchObject({ slug: server.slug });
});

test("environment values are stored sealed, never answered, and reach the data plane", async () => {
  const server = await hosted();
  const config = await updateServerConfig(developer(), {
    server: server.id,
    environment: { API_KEY: "s3cret-värde", REGION: "eu" },
  });
  expect(config.environment.map(({ name }) => name)).toEqual(["API_KEY", "REGION"]);
  expect(JSON.stringify(config)).not.toContain("s3cret");
  expect(JSON.stringify(await lastAudit(server.id))).not.toContain("s3cret");
  const stored = await test_.database.db
    .select()
    .from(serverEnvironment)
    .where(eq(serverEnvironment.serverId, server.id));
  for (const row of stored) expect(Buffer.from(row.ciphertext).toString("utf8")).not.toContain("s3cret");
  const [before] = (await loadDirectoryRows(test_.database, box.unseal)).filter(({ id }) => id === server.id);
  expect(before?.environment).toEqual({ API_KEY: "s3cret-värde", REGION: "eu" });

  await updateServerConfig(developer(), { server: server.id, environment: { REGION: null } });
  const [after] = (await loadDirectoryRows(test_.database, box.unseal)).filter(({ id }) => id === server.id);
  expect(after?.environment).toEqual({ API_KEY: "s3cret-värde" });
  expect(after?.revision).not.toBe(before?.revision);
});

test("setting the same value again is a new revision, because it was meant as a change", async () => {
  const server = await hosted();
  const revision = async () =>
    (await loadDirectoryRows(test_.database, box.unseal)).find(({ id }) => id === server.id)?.revision;
  await updateServerConfig(developer(), { server: server.id, environment: { A: "1" } });
  const first = await revision();
  expect(await revision()).toBe(first);
  await updateServerConfig(developer(), { server: server.id, environment: { A: "1" } });
  expect(await revision()).not.toBe(first);
});

test("a value sealed for one server does not open for another: that server is kept from running", async () => {
  const [one, two] = [await hosted(), await hosted()];
  await updateServerConfig(developer(), { server: one.id, environment: { KEY: "one" } });
  await updateServerConfig(developer(), { server: two.id, environment: { KEY: "two" } });
  const [stolen] = await test_.database.db
    .select()
    .from(serverEnvironment)
    .where(eq(serverEnvironment.serverId, one.id));
  await test_.database.db
    .update(serverEnvironment)
    .set({ ciphertext: stolen?.ciphertext ?? new Uint8Array() })
    .where(eq(serverEnvironment.serverId, two.id));
  const problems: string[] = [];
  const rows = await loadDirectoryRows(test_.database, box.unseal, (id) => problems.push(id));
  expect(problems).toEqual([two.id]);
  expect(rows.find(({ id }) => id === two.id)).toMatchObject({ status: "inactive", environment: {} });
  expect(rows.find(({ id }) => id === one.id)?.environment).toEqual({ KEY: "one" });
});

test("names, count and size of variables are bounded, and a refused change leaves nothing behind", async () => {
  const server = await hosted();
  const set = (environment: Record<string, string | null>) =>
    updateServerConfig(developer(), { server: server.id, environment });
  await set({ KEEP: "1" });
  await expect(set({ "not-a-name": "1" })).rejects.toMatchObject({ code: "invalid_input" });
  await expect(
    set({ BIG: "é".repeat(limits.servers.environmentValueBytesMax / 2 + 1) }),
  ).rejects.toMatchObject({ code: "invalid_input", errors: [{ path: "environment.BIG" }] });
  const many = Object.fromEntries(
    Array.from({ length: limits.servers.environmentVariablesMax }, (_, index) => [`V${index}`, "x"]),
  );
  await expect(set(many)).rejects.toMatchObject({ code: "limit_reached" });
  const large = Object.fromEntries(
    Array.from({ length: 5 }, (_, index) => [`L${index}`, "x".repeat(32_000)]),
  );
  await expect(set(large)).rejects.toMatchObject({ code: "limit_reached" });
  const { environment } = await getServerConfig(viewer(), { server: server.id });
  expect(environment.map(({ name }) => name)).toEqual(["KEEP"]);
});
