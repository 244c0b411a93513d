import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog, checkRuns, operations } from "#drizzle/schema/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import {
  createServer,
  deleteServer,
  getServer,
  listTools,
  updateServerConfig,
} from "#lib/domain/servers/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type DeploymentDesk, openDeploymentDesk } from "#lib/testing/deployment-desk.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type FakeClock, type FakeRuntime, passedSmoke } from "#lib/testing/index.ts";
import { claimOperation } from "./claim-operation.ts";
import {
  cancelOperation,
  deactivateServer,
  getOperation,
  publishVersion,
  recoverOperations,
  rollbackVersion,
  runOperationWorker,
  runQueuedOperations,
} from "./index.ts";

let desk: DeploymentDesk;
let runtime: FakeRuntime;
let clock: FakeClock;
let system: System;

beforeAll(async () => {
  desk = await openDeploymentDesk();
});
afterAll(() => desk.close());
beforeEach(() => {
  desk.renew();
  ({ runtime, clock, system } = desk);
});

test("asking for a publish answers at once with the queued operation; a worker makes the version serve: gate, switch, tools, smoke, audit, and the data plane knows", async () => {
  const id = await desk.serverWith("1.0.0");
  await updateServerConfig(desk.developer(), { server: id, environment: { KEY: "value" } });
  runtime.onTrial = () => {
    clock.advance(70);
    return { startMs: 45, smoke: passedSmoke("list_tickets", "close_ticket") };
  };
  const refreshes = runtime.refreshes;
  const queued = await publishVersion(desk.developer(), { server: id, version: "1.0.0" });
  expect(queued).toMatchObject({ kind: "publish", state: "queued", version: "1.0.0", startedAt: null });
  expect(new Set(queued.steps.map(({ state }) => state))).toEqual(new Set(["pending"]));
  expect(runtime.tried).toEqual([]);

  expect(await runQueuedOperations(system)).toBe(1);
  const operation = await getOperation(desk.viewer(), { server: id, operation: queued.id });
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
  expect(await getServer(desk.viewer(), { server: id })).toMatchObject({
    status: "active",
    activeVersion: { semver: "1.0.0" },
    toolCount: 2,
    lastSmoke: { status: "passed", toolCount: 2 },
  });
  const { tools } = await listTools(desk.viewer(), { server: id });
  expect(tools.map((tool) => tool.name)).toEqual(["list_tickets", "close_ticket"]);
  expect(await desk.directoryRow(id)).toMatchObject({ status: "active", version: { semver: "1.0.0" } });
});

test("a worker acts as who asked: the audit log names that actor and that request, also after the switch", async () => {
  const id = await desk.serverWith("1.0.0");
  const ctx = desk.developer();
  const { id: operationId } = await desk.publish(id, "1.0.0", ctx);
  const records = await desk.store.database.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.requestId, ctx.requestId));
  expect(records.map(({ action, actor, entityId }) => [action, actor, entityId])).toEqual([
    ["deployment.publish", `user:${desk.tenants.acme.users.developer.id}`, operationId],
    ["deployment.publish.succeed", `user:${desk.tenants.acme.users.developer.id}`, id],
  ]);
  expect(records[1]).toMatchObject({ before: { status: "draft" }, after: { status: "active" } });
});

test("one operation at a time: whoever comes second is told which one is open, queued or running, and the first ends undisturbed", async () => {
  const id = await desk.serverWith("1.0.0", "2.0.0");
  const trial = desk.heldTrial();
  const first = await publishVersion(desk.developer(), { server: id, version: "1.0.0" });
  const others = [
    () => publishVersion(desk.developer(), { server: id, version: "2.0.0" }),
    () => rollbackVersion(desk.developer(), { server: id, version: "1.0.0" }),
    () => deactivateServer(desk.developer(), { server: id }),
    () => deleteServer(desk.developer(), { server: id }),
  ];
  const refusal = { code: "conflict", retryable: true, details: { operationId: first.id } };
  for (const second of [others[0], others[2], others[3]])
    await expect(second?.()).rejects.toMatchObject(refusal);
  const working = runQueuedOperations(system);
  await trial.begun;
  expect(await desk.newest(id)).toMatchObject({ id: first.id, state: "running" });
  for (const second of [others[0], others[2], others[3]])
    await expect(second?.()).rejects.toMatchObject(refusal);
  trial.release();
  await working;
  expect(await desk.newest(id)).toMatchObject({ id: first.id, state: "succeeded", version: "1.0.0" });
});

test("workers that look at once never take the same operation, and one organization leaves room for the others", async () => {
  const { concurrentPerOrganizationMax: ownMax } = limits.operations;
  const servers = await Promise.all(Array.from({ length: ownMax + 3 }, () => desk.serverWith("1.0.0")));
  for (const server of servers) await publishVersion(desk.developer(), { server, version: "1.0.0" });
  const taken = [];
  for (let round = 0; round < ownMax; round++)
    taken.push(...(await Promise.all(Array.from({ length: 4 }, () => claimOperation(system)))));
  const ids = taken.flatMap((row) => (row ? [row.serverId] : []));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThanOrEqual(ownMax);
  expect(await claimOperation(system)).toBeNull();

  const foreign = await createServer(desk.stranger(), { kind: "hosted", name: "Other", slug: "of-others" });
  await desk.upload(foreign.id, "1.0.0", desk.stranger());
  await publishVersion(desk.stranger(), { server: foreign.id, version: "1.0.0" });
  expect(await claimOperation(system)).toMatchObject({ serverId: foreign.id });

  // Nobody works on what was taken here, nor waits for the rest.
  const { database } = desk.store;
  const later = clock.nowMs() + limits.operations.queuedMsMax + 1;
  expect(await recoverOperations(database, later)).toBe(servers.length + 1);
});

test("a worker takes an operation as soon as it is queued, shows each step to readers while it runs, and ends when it is told", async () => {
  const id = await desk.serverWith("1.0.0");
  const trial = desk.heldTrial();
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  const { id: operation } = await publishVersion(desk.developer(), { server: id, version: "1.0.0" });
  await trial.begun;
  const read = () => getOperation(desk.viewer(), { server: id, operation });
  await eventually(async () => expect((await read()).steps[0]?.state).toBe("running"));
  expect(await read()).toMatchObject({ state: "running", startedAt: expect.any(String) });
  trial.release();
  await eventually(async () => expect((await read()).state).toBe("succeeded"));
  stop.abort();
  await worker;
});

test("a worker that is told to end fails what has not switched, in words, at once", async () => {
  const id = await desk.serverWith("1.0.0");
  const trial = desk.heldTrial();
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  await publishVersion(desk.developer(), { server: id, version: "1.0.0" });
  await trial.begun;
  stop.abort();
  await worker;
  expect(await desk.newest(id)).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/was stopped/),
  });
  trial.release();
  await eventually(() => expect(runtime.stopped, "what started late is stopped").toEqual(["1.0.0"]));
});

test("a queued operation is canceled at once, a running one before its switch, and none after it", async () => {
  const id = await desk.serverWith("1.0.0");
  const cancel = (operation: string) => cancelOperation(desk.developer(), { server: id, operation });
  const queued = await publishVersion(desk.developer(), { server: id, version: "1.0.0" });
  expect(await cancel(queued.id)).toMatchObject({ state: "canceled", cancelRequested: true });
  expect(await runQueuedOperations(system)).toBe(0);

  const trial = desk.heldTrial();
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  const running = await publishVersion(desk.developer(), { server: id, version: "1.0.0" });
  await trial.begun;
  expect(await cancel(running.id)).toMatchObject({ state: "running", cancelRequested: true });
  await eventually(async () =>
    expect(await getOperation(desk.viewer(), { server: id, operation: running.id })).toMatchObject({
      state: "canceled",
      error: null,
      steps: [{ name: "start", state: "failed" }, {}, {}, {}, {}, {}, {}],
    }),
  );
  expect(await desk.directoryRow(id)).toMatchObject({ status: "draft", version: null });
  stop.abort();
  await worker;

  runtime.onTrial = () => ({});
  const done = await desk.publish(id, "1.0.0");
  await expect(cancel(done.id)).rejects.toMatchObject({ code: "conflict" });
  await expect(cancel("op_missing")).rejects.toMatchObject({ code: "not_found" });
});

test("a cancel that comes while old calls drain is refused: traffic is switched", async () => {
  const id = await desk.serverWith("1.0.0", "2.0.0");
  await desk.publish(id, "1.0.0");
  const draining = Promise.withResolvers<void>();
  const drained = Promise.withResolvers<{ inFlight: number; sessions: number; waitedMs: number }>();
  runtime.onDrain = () => {
    draining.resolve();
    return drained.promise;
  };
  const { id: operation } = await publishVersion(desk.developer(), { server: id, version: "2.0.0" });
  const working = runQueuedOperations(system);
  await draining.promise;
  expect(await desk.directoryRow(id)).toMatchObject({ version: { semver: "2.0.0" } });
  await expect(cancelOperation(desk.developer(), { server: id, operation })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/switched already/),
  });
  drained.resolve({ inFlight: 0, sessions: 3, waitedMs: 12 });
  await working;
  expect((await desk.newest(id)).steps.at(-1)).toMatchObject({
    name: "drain",
    state: "succeeded",
    detail: "Its calls ended within 12 ms. 3 sessions stay on it.",
  });
});

test("an operation whose worker died ends with what to do, by the schedule and when the next one starts; it cannot switch later", async () => {
  const [one, two] = [await desk.serverWith("1.0.0"), await desk.serverWith("1.0.0")];
  const trial = desk.heldTrial();
  for (const server of [one, two]) await publishVersion(desk.developer(), { server, version: "1.0.0" });
  const stop = new AbortController();
  const worker = runOperationWorker(system, stop.signal);
  for (const server of [one, two])
    await eventually(async () => expect((await desk.newest(server)).steps[0]?.state).toBe("running"));

  expect(await recoverOperations(desk.store.database, clock.nowMs())).toBe(0);
  // The worker is alive, but its clock stands still: to the others it fell silent.
  const laterMs = clock.nowMs() + limits.operations.silentMs + 1;
  expect(await recoverOperations(desk.store.database, laterMs)).toBe(2);
  expect(await desk.newest(one)).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/run it again/i),
  });
  expect(new Set((await desk.newest(two)).steps.map(({ state }) => state))).toEqual(
    new Set(["failed", "skipped"]),
  );
  trial.release();
  stop.abort();
  await worker;
  expect(await desk.newest(one)).toMatchObject({ state: "failed" });
  expect(await desk.directoryRow(one)).toMatchObject({ status: "draft", version: null });
  expect(await desk.store.database.db.select().from(checkRuns).where(eq(checkRuns.serverId, one))).toEqual(
    [],
  );
});

test("an operation that nobody took is given up with what to check; what had switched before its worker died has succeeded", async () => {
  const id = await desk.serverWith("1.0.0");
  const left = await publishVersion(desk.developer(), { server: id, version: "1.0.0" });
  clock.advance(limits.operations.queuedMsMax + 1);
  expect(await claimOperation(system)).toBe(null);
  expect(await desk.publish(id, "1.0.0")).toMatchObject({ state: "succeeded" });
  const given = await getOperation(desk.viewer(), { server: id, operation: left.id });
  expect(given).toMatchObject({ state: "failed", error: expect.stringMatching(/jobs process/) });

  const done = await desk.newest(id);
  await desk.store.database.db.update(operations).set({ state: "running" }).where(eq(operations.id, done.id));
  await recoverOperations(desk.store.database, clock.nowMs() + limits.operations.silentMs + 1);
  expect(await desk.newest(id)).toMatchObject({ id: done.id, state: "succeeded", error: null });
});
