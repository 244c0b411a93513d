import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog, bundles, checkRuns, operations } from "#drizzle/schema/index.ts";
import type { Operation } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx, System } from "#lib/domain/access/index.ts";
import {
  createServer,
  deleteServer,
  getServer,
  listTools,
  loadDirectoryRows,
  updateServerConfig,
} from "#lib/domain/servers/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  completed,
  createTenants,
  type FakeClock,
  type FakeRuntime,
  type FakeTrial,
  failedSmoke,
  fakeClock,
  fakeRuntime,
  passedCall,
  passedSmoke,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { claimOperation } from "./claim-operation.ts";
import {
  activateServer,
  cancelOperation,
  deactivateServer,
  getDeployment,
  getOperation,
  listOperations,
  listVersions,
  loadBundle,
  publishVersion,
  recoverOperations,
  restartServer,
  rollbackVersion,
  runOperationWorker,
  runQueuedOperations,
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
const publish = (server: string, version: string, ctx: Ctx = developer()) =>
  completed(ctx, publishVersion(ctx, { server, version }));
const newest = async (server: string): Promise<Operation> => {
  const [first] = await listOperations(viewer(), { server });
  if (!first) throw new Error("there is no operation");
  return first;
};
/** A trial that goes on when the test says so. */
function heldTrial() {
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<FakeTrial>();
  runtime.onTrial = () => {
    begun.resolve();
    return held.promise;
  };
  return { begun: begun.promise, release: (trial: FakeTrial = {}) => held.resolve(trial) };
}
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

test("asking for a publish answers at once with the queued operation; a worker makes the version serve: gate, switch, tools, smoke, audit, and the data plane knows", async () => {
  const id = await serverWith("1.0.0");
  await updateServerConfig(developer(), { server: id, environment: { KEY: "value" } });
  runtime.onTrial = () => {
    clock.advance(70);
    return { startMs: 45, smoke: passedSmoke("list_tickets", "close_ticket") };
  };
  const refreshes = runtime.refreshes;
  const queued = await publishVersion(developer(), { server: id, version: "1.0.0" });
  expect(queued).toMatchObject({ kind: "publish", state: "queued", version: "1.0.0", startedAt: null });
  expect(new Set(queued.steps.map(({ state }) => state))).toEqual(new Set(["pending"]));
  expect(runtime.tried).toEqual([]);

  expect(await runQueuedOperations(system)).toBe(1);
  const operation = await getOperation(viewer(), { server: id, operation: queued.id });
  expect(operation).toMatchObject({
    state: "succeeded",
    version: "1.0.0",
    previousVersion: null,
    actor: "Acme developer",
    error: null,
    steps: [
      { name: "start", state: "succeeded", detail: "Started in local in 45 ms" },
      { name: "tools/list legacy", state: "succeeded", durationMs: 12, detail: "2 tools" },
      { name: "tools/list modern", state: "succeeded", durationMs: 12, detail: "2 tools" },
      { name: "expected tools", state: "skipped" },
      { name: "canary", state: "skipped" },
      { name: "switch", state: "succeeded" },
      { name: "drain", state: "skipped", detail: "No version served before." },
    ],
  });
  expect(Date.parse(operation.finishedAt ?? "") - Date.parse(operation.startedAt ?? "")).toBe(70);
  expect(operation.log.map(({ message }) => message)).toContain("tools/list modern: 2 tools");
  expect(runtime.tried[0]).toMatchObject({ semver: "1.0.0", environment: { KEY: "value" } });
  expect(runtime.stopped).toEqual(["1.0.0"]);
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
});

test("a worker acts as who asked: the audit log names that actor and that request, also after the switch", async () => {
  const id = await serverWith("1.0.0");
  const ctx = developer();
  const { id: operationId } = await publish(id, "1.0.0", ctx);
  const records = await test_.database.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.requestId, ctx.requestId));
  expect(records.map(({ action, actor, entityId }) => [action, actor, entityId])).toEqual([
    ["deployment.publish", `user:${tenants.acme.users.developer.id}`, operationId],
    ["deployment.publish.succeed", `user:${tenants.acme.users.developer.id}`, id],
  ]);
  expect(records[1]).toMatchObject({ before: { status: "draft" }, after: { status: "active" } });
});

const bothEras = (legacy: ReturnType<typeof passedSmoke>, modern = legacy) => ({
  smoke: { legacy, modern },
});
test.each<[string, FakeTrial, string, string[]]>([
  [
    "does not load",
    { refused: "Uncaught SyntaxError: Unexpected token '}' at main.js:1:25" },
    "Uncaught SyntaxError: Unexpected token '}' at main.js:1:25",
    ["failed", "skipped", "skipped", "skipped", "skipped", "skipped", "skipped"],
  ],
  [
    "does not answer tools/list in any era",
    bothEras(failedSmoke("No session.", "negotiate"), failedSmoke("The server did not finish within 20 s.")),
    "The server did not finish within 20 s.",
    ["succeeded", "failed", "failed", "skipped", "skipped", "skipped", "skipped"],
  ],
  [
    "dies of a question in one era",
    {
      ...bothEras(passedSmoke("a"), failedSmoke("The connection was closed.")),
      exit: "It used more than 512 MiB of memory.",
    },
    "It used more than 512 MiB of memory. (The connection was closed.)",
    ["succeeded", "failed", "failed", "skipped", "skipped", "skipped", "skipped"],
  ],
])("a version that %s is refused with the reason, and nothing changes", async (_, trial, message, states) => {
  const id = await serverWith("1.0.0", "2.0.0");
  await publish(id, "1.0.0");
  const before = { row: await directoryRow(id), server: await getServer(viewer(), { server: id }) };
  runtime.onTrial = () => ({ ...trial, errorLines: ["no KEY"] });
  const failed = await publish(id, "2.0.0");
  expect(failed).toMatchObject({
    state: "failed",
    version: "2.0.0",
    previousVersion: "1.0.0",
    error: message,
  });
  expect(failed.steps.map((step) => step.state)).toEqual(states);
  expect(await directoryRow(id)).toEqual(before.row);
  expect(await getServer(viewer(), { server: id })).toEqual(before.server);
  const isStarted = trial.refused === undefined;
  expect(
    failed.log.filter(({ level, message: line }) => level === "error" && line === "no KEY"),
  ).toHaveLength(isStarted ? 1 : 0);
});

test("an era that the server does not speak is skipped with words, unless the policy wants both", async () => {
  const id = await serverWith("1.0.0");
  runtime.onTrial = () => bothEras(passedSmoke("a"), failedSmoke("HTTP 400", "negotiate"));
  expect((await publish(id, "1.0.0")).steps.slice(1, 3)).toMatchObject([
    { name: "tools/list legacy", state: "succeeded" },
    { name: "tools/list modern", state: "skipped", detail: "Not spoken: HTTP 400" },
  ]);
  await updateServerConfig(developer(), { server: id, checks: { requireBothEras: true } });
  expect(await publish(id, "1.0.0")).toMatchObject({ state: "failed", error: "HTTP 400" });
});

test("expected tools and the canary are gates: what is missing is named", async () => {
  const id = await serverWith("1.0.0");
  const declare = (expectedTools: string[], expectedText: string | null) =>
    updateServerConfig(developer(), {
      server: id,
      checks: { expectedTools, canary: { tool: "echo", arguments: { text: "hello" }, expectedText } },
    });
  await declare(["echo", "search", "close"], null);
  expect(await publish(id, "1.0.0")).toMatchObject({
    state: "failed",
    error: "Expected tools are missing: search, close. The server lists echo, add.",
  });
  await declare(["echo"], "good day");
  expect(await publish(id, "1.0.0")).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/canary echo failed: .*does not contain “good day”/),
  });
  runtime.onTrial = () => ({ canary: passedCall("echo", "a good day to you") });
  const passed = await publish(id, "1.0.0");
  expect(passed.steps.slice(3, 5)).toMatchObject([{ state: "succeeded" }, { state: "succeeded" }]);
  expect(runtime.called.at(-1)).toMatchObject({ tool: "echo", arguments: { text: "hello" } });
  const failing = { ...passedCall("echo", "no"), status: "failed" as const, isError: true };
  runtime.onTrial = () => ({ canary: failing });
  expect(await publish(id, "1.0.0")).toMatchObject({ state: "failed" });
});

test("a version waits for its turn when an edge tries as many as it may; no text of an operation holds a secret of the server", async () => {
  const id = await serverWith("1.0.0", "1.1.0");
  const secret = "a-key-that-nobody-may-read";
  await updateServerConfig(developer(), { server: id, environment: { KEY: secret } });
  let tries = 0;
  runtime.onTrial = async () => {
    tries += 1;
    if (tries === 1) throw new DomainError("limit_reached", "Too many bundles are being tried at once.");
    return { refused: `Uncaught Error: ${secret} is not accepted` };
  };
  const failed = await publish(id, "1.0.0");
  expect(tries).toBe(2);
  expect(failed.error).toBe("Uncaught Error: [redacted] is not accepted");
  expect(JSON.stringify(failed)).not.toContain(secret);
  runtime.onTrial = () => ({
    smoke: failedSmoke(`cannot reach ${secret}`),
    errorLines: [`used ${secret}`],
  });
  expect(JSON.stringify(await publish(id, "1.1.0"))).not.toContain(secret);
});

test("when the data plane is away the publish fails in words and can be run again", async () => {
  const id = await serverWith("1.0.0");
  runtime.onTrial = () => Promise.reject(new Error("connect ENOENT /run/control.sock"));
  expect(await publish(id, "1.0.0")).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/runtime does not answer/),
  });
  runtime.onTrial = () => ({});
  expect(await publish(id, "1.0.0")).toMatchObject({ state: "succeeded" });
});

test("a tool description that no database can hold does not stop a publish", async () => {
  const id = await serverWith("1.0.0");
  const smoke = passedSmoke("odd");
  const tools = smoke.tools.map((tool) => ({ ...tool, description: "nul\0half\ud800" }));
  runtime.onTrial = () => ({ smoke: { ...smoke, tools } });
  await publish(id, "1.0.0");
  const listed = await listTools(viewer(), { server: id });
  expect(listed.tools[0]?.description).toBe("nul\u2400half\uFFFD");
});

test("one operation at a time: whoever comes second is told which one is open, queued or running, and the first ends undisturbed", async () => {
  const id = await serverWith("1.0.0", "2.0.0");
  const trial = heldTrial();
  const first = await publishVersion(developer(), { server: id, version: "1.0.0" });
  const others = [
    () => publishVersion(developer(), { server: id, version: "2.0.0" }),
    () => rollbackVersion(developer(), { server: id, version: "1.0.0" }),
    () => deactivateServer(developer(), { server: id }),
    () => deleteServer(developer(), { server: id }),
  ];
  const refusal = { code: "conflict", retryable: true, details: { operationId: first.id } };
  for (const second of [others[0], others[2], others[3]])
    await expect(second?.()).rejects.toMatchObject(refusal);
  const working = runQueuedOperations(system);
  await trial.begun;
  expect(await newest(id)).toMatchObject({ id: first.id, state: "running" });
  for (const second of [others[0], others[2], others[3]])
    await expect(second?.()).rejects.toMatchObject(refusal);
  trial.release();
  await working;
  expect(await newest(id)).toMatchObject({ id: first.id, state: "succeeded", version: "1.0.0" });
});

test("workers that look at once never take the same operation", async () => {
  const servers = await Promise.all(Array.from({ length: 6 }, () => serverWith("1.0.0")));
  for (const server of servers) await publishVersion(developer(), { server, version: "1.0.0" });
  const taken = await Promise.all(Array.from({ length: 12 }, () => claimOperation(system)));
  const ids = taken.flatMap((row) => (row ? [row.serverId] : []));
  expect(ids.toSorted()).toEqual(servers.toSorted());
  // Nobody works on what was taken here.
  expect(await recoverOperations(test_.database, clock.nowMs() + limits.operations.silentMs + 1)).toBe(6);
});

test("a worker takes an operation as soon as it is queued, shows each step to readers while it runs, and ends when it is told", async () => {
  const id = await serverWith("1.0.0");
  const trial = heldTrial();
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  const { id: operation } = await publishVersion(developer(), { server: id, version: "1.0.0" });
  await trial.begun;
  const read = () => getOperation(viewer(), { server: id, operation });
  await expect.poll(async () => (await read()).steps[0]?.state).toBe("running");
  expect(await read()).toMatchObject({ state: "running", startedAt: expect.any(String) });
  trial.release();
  await expect.poll(async () => (await read()).state).toBe("succeeded");
  stop.abort();
  await worker;
});

test("a worker that is told to end fails what has not switched, in words, at once", async () => {
  const id = await serverWith("1.0.0");
  const trial = heldTrial();
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  await publishVersion(developer(), { server: id, version: "1.0.0" });
  await trial.begun;
  stop.abort();
  await worker;
  expect(await newest(id)).toMatchObject({ state: "failed", error: expect.stringMatching(/was stopped/) });
  trial.release();
  await expect.poll(() => runtime.stopped, { message: "what started late is stopped" }).toEqual(["1.0.0"]);
});

test("a queued operation is canceled at once, a running one before its switch, and none after it", async () => {
  const id = await serverWith("1.0.0");
  const cancel = (operation: string) => cancelOperation(developer(), { server: id, operation });
  const queued = await publishVersion(developer(), { server: id, version: "1.0.0" });
  expect(await cancel(queued.id)).toMatchObject({ state: "canceled", cancelRequested: true });
  expect(await runQueuedOperations(system)).toBe(0);

  const trial = heldTrial();
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  const running = await publishVersion(developer(), { server: id, version: "1.0.0" });
  await trial.begun;
  expect(await cancel(running.id)).toMatchObject({ state: "running", cancelRequested: true });
  await expect
    .poll(() => getOperation(viewer(), { server: id, operation: running.id }))
    .toMatchObject({
      state: "canceled",
      error: null,
      steps: [{ name: "start", state: "failed" }, {}, {}, {}, {}, {}, {}],
    });
  expect(await directoryRow(id)).toMatchObject({ status: "draft", version: null });
  stop.abort();
  await worker;

  runtime.onTrial = () => ({});
  const done = await publish(id, "1.0.0");
  await expect(cancel(done.id)).rejects.toMatchObject({ code: "conflict" });
  await expect(cancel("op_missing")).rejects.toMatchObject({ code: "not_found" });
});

test("a cancel that comes while old calls drain is refused: traffic is switched", async () => {
  const id = await serverWith("1.0.0", "2.0.0");
  await publish(id, "1.0.0");
  const draining = Promise.withResolvers<void>();
  const drained = Promise.withResolvers<{ inFlight: number; sessions: number; waitedMs: number }>();
  runtime.onDrain = () => {
    draining.resolve();
    return drained.promise;
  };
  const { id: operation } = await publishVersion(developer(), { server: id, version: "2.0.0" });
  const working = runQueuedOperations(system);
  await draining.promise;
  expect(await directoryRow(id)).toMatchObject({ version: { semver: "2.0.0" } });
  await expect(cancelOperation(developer(), { server: id, operation })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/switched already/),
  });
  drained.resolve({ inFlight: 0, sessions: 3, waitedMs: 12 });
  await working;
  expect((await newest(id)).steps.at(-1)).toMatchObject({
    name: "drain",
    state: "succeeded",
    detail: "Its calls ended within 12 ms. 3 sessions stay on it.",
  });
});

test("an operation whose worker died ends with what to do, by the schedule and when the next one starts; it cannot switch later", async () => {
  const [one, two] = [await serverWith("1.0.0"), await serverWith("1.0.0")];
  const trial = heldTrial();
  for (const server of [one, two]) await publishVersion(developer(), { server, version: "1.0.0" });
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  for (const server of [one, two])
    await expect.poll(async () => (await newest(server)).state).toBe("running");

  expect(await recoverOperations(test_.database, clock.nowMs())).toBe(0);
  // The worker is alive, but its clock stands still: to the others it fell silent.
  const laterMs = clock.nowMs() + limits.operations.silentMs + 1;
  expect(await recoverOperations(test_.database, laterMs)).toBe(2);
  expect(await newest(one)).toMatchObject({ state: "failed", error: expect.stringMatching(/run it again/i) });
  expect(new Set((await newest(two)).steps.map(({ state }) => state))).toEqual(
    new Set(["failed", "skipped"]),
  );
  trial.release();
  stop.abort();
  await worker;
  expect(await newest(one)).toMatchObject({ state: "failed" });
  expect(await directoryRow(one)).toMatchObject({ status: "draft", version: null });
  expect(await test_.database.db.select().from(checkRuns).where(eq(checkRuns.serverId, one))).toEqual([]);
});

test("an operation that nobody took is given up with what to check; what had switched before its worker died has succeeded", async () => {
  const id = await serverWith("1.0.0");
  const left = await publishVersion(developer(), { server: id, version: "1.0.0" });
  clock.advance(limits.operations.queuedMsMax + 1);
  expect(await claimOperation(system)).toBe(null);
  expect(await publish(id, "1.0.0")).toMatchObject({ state: "succeeded" });
  const given = await getOperation(viewer(), { server: id, operation: left.id });
  expect(given).toMatchObject({ state: "failed", error: expect.stringMatching(/jobs process/) });

  const done = await newest(id);
  await test_.database.db.update(operations).set({ state: "running" }).where(eq(operations.id, done.id));
  await recoverOperations(test_.database, clock.nowMs() + limits.operations.silentMs + 1);
  expect(await newest(id)).toMatchObject({ id: done.id, state: "succeeded", error: null });
});

test("rollback goes to the version that served before, or to a named one that has served, behind the same gate", async () => {
  const id = await serverWith("1.0.0", "2.0.0", "3.0.0");
  const rollback = (version?: string) =>
    completed(developer(), rollbackVersion(developer(), version ? { server: id, version } : { server: id }));
  await expect(rollback()).rejects.toMatchObject({ code: "conflict" });
  await publish(id, "1.0.0");
  await expect(rollback()).rejects.toMatchObject({ code: "conflict" });
  await publish(id, "2.0.0");
  expect(await rollback()).toMatchObject({
    kind: "rollback",
    state: "succeeded",
    version: "1.0.0",
    previousVersion: "2.0.0",
  });
  expect(await directoryRow(id)).toMatchObject({ version: { semver: "1.0.0" } });
  await expect(rollback("1.0.0")).rejects.toThrow(/serves already/);
  await expect(rollback("3.0.0")).rejects.toThrow(/never served/);
  await expect(rollback("9.0.0")).rejects.toMatchObject({ code: "not_found" });
  runtime.onTrial = () => ({ refused: "Uncaught Error: gone" });
  expect(await rollback("2.0.0")).toMatchObject({ state: "failed", error: "Uncaught Error: gone" });
  expect(await directoryRow(id)).toMatchObject({ version: { semver: "1.0.0" } });
});

test("restart brings fresh processes of a server that serves; one that cannot start keeps the old ones", async () => {
  const id = await serverWith("1.0.0");
  const restart = () => completed(developer(), restartServer(developer(), { server: id }));
  await expect(restart()).rejects.toMatchObject({ code: "conflict" });
  await publish(id, "1.0.0");
  expect(await restart()).toMatchObject({
    kind: "restart",
    state: "succeeded",
    version: "1.0.0",
    steps: [
      { name: "start", state: "succeeded" },
      { name: "drain", state: "succeeded" },
    ],
  });
  expect(runtime.restarted).toEqual([id]);
  runtime.onRestart = () => Promise.reject(new Error("no room"));
  expect(await restart()).toMatchObject({ state: "failed" });
  expect(await directoryRow(id)).toMatchObject({ status: "active" });
});

test("deactivate stops a server, activate starts the same version behind the same gate", async () => {
  const id = await serverWith("1.0.0");
  const activate = () => completed(developer(), activateServer(developer(), { server: id }));
  await expect(activate()).rejects.toMatchObject({ code: "conflict" });
  const published = await publish(id, "1.0.0");
  expect(await completed(developer(), deactivateServer(developer(), { server: id }))).toMatchObject({
    kind: "deactivate",
    state: "succeeded",
    version: "1.0.0",
    steps: [{ name: "switch" }, { name: "drain", state: "succeeded" }],
  });
  expect(runtime.drained).toMatchObject([{ serverId: id, versionId: expect.stringMatching(/^ver_/) }]);
  expect(published.version).toBe("1.0.0");
  expect(await directoryRow(id)).toMatchObject({ status: "inactive" });
  runtime.onTrial = () => ({ refused: "Uncaught Error: no KEY" });
  expect(await activate()).toMatchObject({ state: "failed", error: "Uncaught Error: no KEY" });
  expect(await directoryRow(id)).toMatchObject({ status: "inactive" });
  runtime.onTrial = () => ({});
  expect(await activate()).toMatchObject({ kind: "activate", state: "succeeded" });
  expect(await directoryRow(id)).toMatchObject({ status: "active", version: { semver: "1.0.0" } });
});

test("the deployment tells what serves; its runtime is unknown when the data plane is away", async () => {
  const id = await serverWith("1.0.0");
  await publish(id, "1.0.0");
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
  await expect(rollbackVersion(viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(restartServer(viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(cancelOperation(viewer(), { server: id, operation: "op_1" })).rejects.toMatchObject(forbidden);
  expect(await listOperations(viewer(), { server: id })).toEqual([]);
});

test("a stranger's server and a missing one give the same answer, to every verb", async () => {
  const id = await serverWith("1.0.0");
  const operation = await publish(id, "1.0.0");
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
    (server: string) => rollbackVersion(stranger(), { server }),
    (server: string) => restartServer(stranger(), { server }),
    (server: string) => cancelOperation(stranger(), { server, operation: operation.id }),
    (server: string) => getDeployment(stranger(), { server }),
    (server: string) => listVersions(stranger(), { server }),
    (server: string) => listOperations(stranger(), { server }),
    (server: string) => getOperation(stranger(), { server, operation: operation.id }),
  ]) {
    const missing = await answerOf(verb("no-such-server"));
    expect(missing).toMatchObject({ code: "not_found" });
    expect(await answerOf(verb(id))).toEqual(missing);
  }
  expect(await getOperation(viewer(), { server: id, operation: operation.id })).toEqual(operation);
  const other = await serverWith();
  await expect(getOperation(viewer(), { server: other, operation: operation.id })).rejects.toMatchObject({
    code: "not_found",
  });
});
