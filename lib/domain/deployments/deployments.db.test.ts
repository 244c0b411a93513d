import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog, bundles, checkRuns } from "#drizzle/schema/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx, System, VerifyOutcome } from "#lib/domain/access/index.ts";
import {
  createServer,
  deleteServer,
  getServer,
  listTools,
  loadDirectoryRows,
  updateServerConfig,
} from "#lib/domain/servers/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  type FakeClock,
  type FakeRuntime,
  fakeClock,
  fakeRuntime,
  passedSmoke,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import {
  activateServer,
  deactivateServer,
  getDeployment,
  getOperation,
  listOperations,
  listVersions,
  loadBundle,
  publishVersion,
  recoverOperations,
  uploadVersion,
} from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let runtime: FakeRuntime;
let clock: FakeClock;
let system: System;
const box = createSealedBox(new Uint8Array(32).fill(9));

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
});
afterAll(() => test_.close());
beforeEach(() => {
  runtime = fakeRuntime();
  clock = fakeClock();
  system = testSystem({
    database: test_.database,
    clock,
    doors: { runtime, seal: box.seal, unseal: box.unseal },
  });
});

const developer = (): Ctx => testCtx(system, tenants.acme, "developer");
const viewer = (): Ctx => testCtx(system, tenants.acme, "viewer");
const stranger = (): Ctx => testCtx(system, tenants.globex, "owner");
const code = (text: string) =>
  new TextEncoder().encode(`export default { fetch: () => new Response("${text}") };`);
const upload = (server: string, version: string, ctx: Ctx = developer(), text = version) =>
  uploadVersion(ctx, { server, version, contentType: "text/javascript", body: code(text) });
let made = 0;
async function serverWith(...versions: string[]): Promise<string> {
  made += 1;
  const { id } = await createServer(developer(), {
    kind: "hosted",
    name: `S${made}`,
    slug: `deployed-${made}`,
  });
  for (const version of versions) await upload(id, version);
  return id;
}
const directoryRow = async (id: string) =>
  (await loadDirectoryRows(test_.database, box.unseal)).find((row) => row.id === id);

test("an upload is a version that does not run yet, with who made it, and comes back unchanged", async () => {
  const id = await serverWith();
  const version = await upload(id, "1.0.0");
  expect(version).toMatchObject({ semver: "1.0.0", active: false, createdBy: "Acme developer" });
  expect(await listVersions(viewer(), { server: id })).toEqual([version]);
  expect(await loadBundle(test_.database, tenants.acme.id, version.sha256)).toEqual({
    mainModule: "main.js",
    modules: { "main.js": new TextDecoder().decode(code("1.0.0")) },
  });
  expect(await directoryRow(id)).toMatchObject({ status: "draft", version: null });
  const [audit] = await test_.database.db.select().from(auditLog).where(eq(auditLog.entityId, version.id));
  expect(audit).toMatchObject({ action: "version.upload", organizationId: tenants.acme.id });
});

test("the same code is stored once per organization, and never shared between organizations", async () => {
  const id = await serverWith();
  const one = await upload(id, "1.0.0", developer(), "same");
  const two = await upload(id, "1.0.1", developer(), "same");
  expect(two.sha256).toBe(one.sha256);
  const stored = await test_.database.db.select().from(bundles).where(eq(bundles.sha256, one.sha256));
  expect(stored.map((row) => row.organizationId)).toEqual([tenants.acme.id]);
  await expect(loadBundle(test_.database, tenants.globex.id, one.sha256)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a version never changes: uploading it again is a conflict", async () => {
  const id = await serverWith("1.0.0");
  await expect(upload(id, "1.0.0", developer(), "other")).rejects.toMatchObject({
    code: "conflict",
    errors: [{ path: "version" }],
  });
});

test.each(["1", "v1.0.0", "1.0", "1.0.0+build", "latest", "../1.0.0"])(
  "%j is not a version",
  async (version) => {
    const id = await serverWith();
    await expect(upload(id, version)).rejects.toMatchObject({ code: "invalid_input" });
  },
);

test("publishing a version makes it serve: gate, switch, tools, smoke, audit, and the data plane knows", async () => {
  const id = await serverWith("1.0.0");
  await updateServerConfig(developer(), { server: id, environment: { KEY: "value" } });
  runtime.onVerify = () => {
    clock.advance(70);
    return { ok: true, startMs: 45, smoke: passedSmoke("list_tickets", "close_ticket") };
  };
  const refreshes = runtime.refreshes;
  const operation = await publishVersion(developer(), { server: id, version: "1.0.0" });
  expect(operation).toMatchObject({
    kind: "publish",
    state: "succeeded",
    version: "1.0.0",
    actor: "Acme developer",
    error: null,
    steps: [
      { name: "start", state: "succeeded", durationMs: 45 },
      { name: "tools/list", state: "succeeded", durationMs: 12, detail: "2 tools" },
      { name: "switch", state: "succeeded" },
    ],
  });
  expect(Date.parse(operation.finishedAt ?? "") - Date.parse(operation.startedAt ?? "")).toBe(70);
  expect(runtime.verified[0]).toMatchObject({ semver: "1.0.0", environment: { KEY: "value" } });
  expect(runtime.refreshes).toBe(refreshes + 1);
  expect(await getServer(viewer(), { server: id })).toMatchObject({
    status: "active",
    activeVersion: { semver: "1.0.0" },
    toolCount: 2,
    lastSmoke: { status: "passed", toolCount: 2 },
  });
  const { tools } = await listTools(viewer(), { server: id });
  expect(tools.map((tool) => tool.name)).toEqual(["list_tickets", "close_ticket"]);
  expect(await directoryRow(id)).toMatchObject({ status: "active", version: { semver: "1.0.0" } });
  const [audit] = await test_.database.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.entityId, id), eq(auditLog.action, "deployment.publish.succeed")));
  expect(audit).toMatchObject({ before: { status: "draft" }, after: { status: "active" } });
});

test.each<[string, VerifyOutcome, string[]]>([
  [
    "does not load",
    { ok: false, step: "start", message: "Uncaught SyntaxError: Unexpected token '}' at main.js:1:25" },
    ["failed", "skipped", "skipped"],
  ],
  [
    "does not answer tools/list",
    { ok: false, step: "tools/list", message: "The server did not finish within 20 s (tools/list)." },
    ["succeeded", "failed", "skipped"],
  ],
])("a version that %s is refused with the reason, and nothing changes", async (_, outcome, states) => {
  const id = await serverWith("1.0.0", "2.0.0");
  await publishVersion(developer(), { server: id, version: "1.0.0" });
  const before = { row: await directoryRow(id), server: await getServer(viewer(), { server: id }) };
  runtime.onVerify = () => outcome;
  const message = outcome.ok ? "" : outcome.message;
  await expect(publishVersion(developer(), { server: id, version: "2.0.0" })).rejects.toMatchObject({
    code: "bundle_refused",
    message,
    details: { operationId: expect.stringMatching(/^op_/), version: "2.0.0" },
  });
  expect(await directoryRow(id)).toEqual(before.row);
  expect(await getServer(viewer(), { server: id })).toEqual(before.server);
  const [failed] = await listOperations(viewer(), { server: id });
  expect(failed).toMatchObject({ state: "failed", version: "2.0.0", error: message });
  expect(failed?.steps.map((step) => step.state)).toEqual(states);
});

test("when the data plane is away the publish fails as unavailable and can be run again", async () => {
  const id = await serverWith("1.0.0");
  runtime.onVerify = () => Promise.reject(new Error("connect ENOENT /run/control.sock"));
  await expect(publishVersion(developer(), { server: id, version: "1.0.0" })).rejects.toMatchObject({
    code: "unavailable",
    retryable: true,
  });
  runtime.onVerify = () => ({ ok: true, startMs: 1, smoke: passedSmoke("a") });
  expect(await publishVersion(developer(), { server: id, version: "1.0.0" })).toMatchObject({
    state: "succeeded",
  });
});

test("a tool description that no database can hold does not stop a publish", async () => {
  const id = await serverWith("1.0.0");
  runtime.onVerify = () => {
    const smoke = passedSmoke("odd");
    return {
      ok: true,
      startMs: 1,
      smoke: { ...smoke, tools: smoke.tools.map((tool) => ({ ...tool, description: "nul\0half\ud800" })) },
    };
  };
  await publishVersion(developer(), { server: id, version: "1.0.0" });
  const { tools } = await listTools(viewer(), { server: id });
  expect(tools[0]?.description).toBe("nul\u2400half\uFFFD");
});

test("one operation at a time: the second is told which one runs, and the first ends undisturbed", async () => {
  const id = await serverWith("1.0.0", "2.0.0");
  const trial = Promise.withResolvers<VerifyOutcome>();
  const started = Promise.withResolvers<void>();
  runtime.onVerify = () => {
    started.resolve();
    return trial.promise;
  };
  const first = publishVersion(developer(), { server: id, version: "1.0.0" });
  await started.promise;
  const [running] = await listOperations(viewer(), { server: id });
  expect(running).toMatchObject({ state: "running", kind: "publish" });
  for (const second of [
    () => publishVersion(developer(), { server: id, version: "2.0.0" }),
    () => deactivateServer(developer(), { server: id }),
    () => deleteServer(developer(), { server: id }),
  ])
    await expect(second()).rejects.toMatchObject({
      code: "conflict",
      retryable: true,
      details: { operationId: running?.id },
    });
  trial.resolve({ ok: true, startMs: 1, smoke: passedSmoke("a") });
  expect(await first).toMatchObject({ id: running?.id, state: "succeeded", version: "1.0.0" });
});

test("an operation that a crash left behind ends when the next one starts, and by the schedule", async () => {
  const [one, two] = [await serverWith("1.0.0"), await serverWith("1.0.0")];
  const trial = Promise.withResolvers<VerifyOutcome>();
  runtime.onVerify = () => trial.promise;
  const left = Promise.allSettled(
    [one, two].map((server) => publishVersion(developer(), { server, version: "1.0.0" })),
  );
  const running = async (server: string) => (await listOperations(viewer(), { server }))[0]?.state;
  await expect.poll(() => running(one)).toBe("running");
  await expect.poll(() => running(two)).toBe("running");

  expect(await recoverOperations(test_.database, clock.nowMs())).toBe(0);
  clock.advance(limits.operations.runningMsMax + 1);
  runtime.onVerify = () => ({ ok: true, startMs: 1, smoke: passedSmoke("a") });
  expect(await publishVersion(developer(), { server: one, version: "1.0.0" })).toMatchObject({
    state: "succeeded",
  });
  expect((await listOperations(viewer(), { server: one })).map(({ state }) => state)).toEqual([
    "succeeded",
    "failed",
  ]);
  expect(await recoverOperations(test_.database, clock.nowMs())).toBe(1);
  expect(await running(two)).toBe("failed");
  trial.resolve({ ok: true, startMs: 1, smoke: passedSmoke("a") });
  expect((await left).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("an operation that was given up cannot switch traffic later", async () => {
  const id = await serverWith("1.0.0");
  const trial = Promise.withResolvers<VerifyOutcome>();
  const started = Promise.withResolvers<void>();
  runtime.onVerify = () => {
    started.resolve();
    return trial.promise;
  };
  const late = publishVersion(developer(), { server: id, version: "1.0.0" });
  await started.promise;
  clock.advance(limits.operations.runningMsMax + 1);
  await recoverOperations(test_.database, clock.nowMs());
  trial.resolve({ ok: true, startMs: 1, smoke: passedSmoke("a") });
  await expect(late).rejects.toMatchObject({ code: "conflict" });
  expect(await directoryRow(id)).toMatchObject({ status: "draft", version: null });
  const checks = await test_.database.db.select().from(checkRuns).where(eq(checkRuns.serverId, id));
  expect(checks).toEqual([]);
});

test("deactivate stops a server, activate starts the same version behind the same gate", async () => {
  const id = await serverWith("1.0.0");
  await expect(activateServer(developer(), { server: id })).rejects.toMatchObject({ code: "conflict" });
  await publishVersion(developer(), { server: id, version: "1.0.0" });
  expect(await deactivateServer(developer(), { server: id })).toMatchObject({
    kind: "deactivate",
    state: "succeeded",
    version: "1.0.0",
  });
  expect(await directoryRow(id)).toMatchObject({ status: "inactive" });
  runtime.onVerify = () => ({ ok: false, step: "start", message: "Uncaught Error: no KEY" });
  await expect(activateServer(developer(), { server: id })).rejects.toMatchObject({ code: "bundle_refused" });
  expect(await directoryRow(id)).toMatchObject({ status: "inactive" });
  runtime.onVerify = () => ({ ok: true, startMs: 1, smoke: passedSmoke("a") });
  expect(await activateServer(developer(), { server: id })).toMatchObject({
    kind: "activate",
    state: "succeeded",
  });
  expect(await directoryRow(id)).toMatchObject({ status: "active", version: { semver: "1.0.0" } });
});

test("the deployment tells what serves; its runtime is unknown when the data plane is away", async () => {
  const id = await serverWith("1.0.0");
  await publishVersion(developer(), { server: id, version: "1.0.0" });
  const deployment = await getDeployment(viewer(), { server: id });
  expect(deployment).toMatchObject({
    serverId: id,
    status: "active",
    activeVersion: { semver: "1.0.0", active: true },
    runtime: [{ state: "running" }],
    lastOperation: { kind: "publish", state: "succeeded" },
  });
  runtime.reachable = false;
  expect(await getDeployment(viewer(), { server: id })).toMatchObject({
    status: "active",
    runtime: [{ state: "unknown" }],
  });
});

test("a connected server has no versions", async () => {
  await createServer(developer(), {
    kind: "connected",
    name: "C",
    slug: "has-no-versions",
    upstreamUrl: "https://example.com/mcp",
  });
  await expect(upload("has-no-versions", "1.0.0")).rejects.toMatchObject({ code: "invalid_input" });
  await expect(
    publishVersion(developer(), { server: "has-no-versions", version: "1.0.0" }),
  ).rejects.toMatchObject({ code: "invalid_input" });
  expect(await getDeployment(viewer(), { server: "has-no-versions" })).toMatchObject({ runtime: [] });
});

test("a viewer reads and starts nothing; a refused call leaves no operation", async () => {
  const id = await serverWith("1.0.0");
  const forbidden = { code: "forbidden" };
  await expect(upload(id, "1.0.1", viewer())).rejects.toMatchObject(forbidden);
  await expect(publishVersion(viewer(), { server: id, version: "1.0.0" })).rejects.toMatchObject(forbidden);
  await expect(activateServer(viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(deactivateServer(viewer(), { server: id })).rejects.toMatchObject(forbidden);
  expect(await listOperations(viewer(), { server: id })).toEqual([]);
});

test("a stranger's server and a missing one give the same answer, to every verb", async () => {
  const id = await serverWith("1.0.0");
  await publishVersion(developer(), { server: id, version: "1.0.0" });
  const [operation] = await listOperations(viewer(), { server: id });
  const answerOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      ({ code, message }) => ({ code, message }),
    );
  for (const verb of [
    (server: string) => upload(server, "9.0.0", stranger()),
    (server: string) => publishVersion(stranger(), { server, version: "1.0.0" }),
    (server: string) => activateServer(stranger(), { server }),
    (server: string) => deactivateServer(stranger(), { server }),
    (server: string) => getDeployment(stranger(), { server }),
    (server: string) => listVersions(stranger(), { server }),
    (server: string) => listOperations(stranger(), { server }),
    (server: string) => getOperation(stranger(), { server, operation: operation?.id ?? "" }),
  ]) {
    const missing = await answerOf(verb("no-such-server"));
    expect(missing).toMatchObject({ code: "not_found" });
    expect(await answerOf(verb(id))).toEqual(missing);
  }
  expect(await getOperation(viewer(), { server: id, operation: operation?.id ?? "" })).toEqual(operation);
  const other = await serverWith();
  await expect(
    getOperation(viewer(), { server: other, operation: operation?.id ?? "" }),
  ).rejects.toMatchObject({ code: "not_found" });
});
