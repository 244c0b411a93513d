import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog, bundles } from "#drizzle/schema/index.ts";
import { createServer, getServer, listTools, updateServerConfig } from "#lib/domain/servers/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { type DeploymentDesk, moduleSaying, openDeploymentDesk } from "#lib/testing/deployment-desk.ts";
import {
  completed,
  type FakeRuntime,
  type FakeTrial,
  failedSmoke,
  passedCall,
  passedSmoke,
} from "#lib/testing/index.ts";
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
  restartServer,
  rollbackVersion,
} from "./index.ts";

let desk: DeploymentDesk;
let runtime: FakeRuntime;

beforeAll(async () => {
  desk = await openDeploymentDesk();
});
afterAll(() => desk.close());
beforeEach(() => {
  desk.renew();
  runtime = desk.runtime;
});

test("an upload is a version that does not run yet, with who made it, and comes back unchanged", async () => {
  const id = await desk.serverWith();
  const version = await desk.upload(id, "1.0.0");
  expect(version).toMatchObject({ semver: "1.0.0", active: false, createdBy: "Acme developer" });
  expect(await listVersions(desk.viewer(), { server: id })).toEqual([version]);
  expect(await loadBundle(desk.store.database, desk.tenants.acme.id, version.sha256)).toEqual({
    mainModule: "main.js",
    modules: { "main.js": new TextDecoder().decode(moduleSaying("1.0.0")) },
  });
  expect(await desk.directoryRow(id)).toMatchObject({ status: "draft", version: null });
  const [audit] = await desk.store.database.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.entityId, version.id));
  expect(audit).toMatchObject({ action: "version.upload", organizationId: desk.tenants.acme.id });
});

test("the same code is stored once per organization, and never shared between organizations", async () => {
  const id = await desk.serverWith();
  const one = await desk.upload(id, "1.0.0", desk.developer(), "same");
  const two = await desk.upload(id, "1.0.1", desk.developer(), "same");
  expect(two.sha256).toBe(one.sha256);
  const stored = await desk.store.database.db.select().from(bundles).where(eq(bundles.sha256, one.sha256));
  expect(stored.map((row) => row.organizationId)).toEqual([desk.tenants.acme.id]);
  await expect(loadBundle(desk.store.database, desk.tenants.globex.id, one.sha256)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a version never changes: uploading it again is a conflict", async () => {
  const id = await desk.serverWith("1.0.0");
  await expect(desk.upload(id, "1.0.0", desk.developer(), "other")).rejects.toMatchObject({
    code: "conflict",
    errors: [{ path: "version" }],
  });
});

test.each(["1", "v1.0.0", "1.0", "1.0.0+build", "latest", "../1.0.0"])(
  "%j is not a version",
  async (version) => {
    const id = await desk.serverWith();
    await expect(desk.upload(id, version)).rejects.toMatchObject({ code: "invalid_input" });
  },
);

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
  const id = await desk.serverWith("1.0.0", "2.0.0");
  await desk.publish(id, "1.0.0");
  const before = { row: await desk.directoryRow(id), server: await getServer(desk.viewer(), { server: id }) };
  runtime.onTrial = () => ({ ...trial, errorLines: ["no KEY"] });
  const failed = await desk.publish(id, "2.0.0");
  expect(failed).toMatchObject({
    state: "failed",
    version: "2.0.0",
    previousVersion: "1.0.0",
    error: message,
  });
  expect(failed.steps.map((step) => step.state)).toEqual(states);
  expect(await desk.directoryRow(id)).toEqual(before.row);
  expect(await getServer(desk.viewer(), { server: id })).toEqual(before.server);
  const isStarted = trial.refused === undefined;
  expect(
    failed.log.filter(({ level, message: line }) => level === "error" && line === "no KEY"),
  ).toHaveLength(isStarted ? 1 : 0);
});

test("an era that the server does not speak is skipped with words, unless the policy wants both", async () => {
  const id = await desk.serverWith("1.0.0");
  runtime.onTrial = () => bothEras(passedSmoke("a"), failedSmoke("HTTP 400", "negotiate"));
  expect((await desk.publish(id, "1.0.0")).steps.slice(1, 3)).toMatchObject([
    { name: "tools/list legacy", state: "succeeded" },
    { name: "tools/list modern", state: "skipped", detail: "Not spoken: HTTP 400" },
  ]);
  await updateServerConfig(desk.developer(), { server: id, checks: { requireBothEras: true } });
  expect(await desk.publish(id, "1.0.0")).toMatchObject({ state: "failed", error: "HTTP 400" });
});

test("expected tools and the canary are gates: what is missing is named", async () => {
  const id = await desk.serverWith("1.0.0");
  const declare = (expectedTools: string[], expectedText: string | null) =>
    updateServerConfig(desk.developer(), {
      server: id,
      checks: { expectedTools, canary: { tool: "echo", arguments: { text: "hello" }, expectedText } },
    });
  await declare(["echo", "search", "close"], null);
  expect(await desk.publish(id, "1.0.0")).toMatchObject({
    state: "failed",
    error: "Expected tools are missing: search, close. The server lists echo, add.",
  });
  await declare(["echo"], "good day");
  expect(await desk.publish(id, "1.0.0")).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/canary echo failed: .*does not contain “good day”\. It answered: hello/),
  });
  runtime.onTrial = () => ({ canary: passedCall("echo", "a good day to you") });
  const passed = await desk.publish(id, "1.0.0");
  expect(passed.steps.slice(3, 5)).toMatchObject([{ state: "succeeded" }, { state: "succeeded" }]);
  expect(runtime.called.at(-1)).toMatchObject({ tool: "echo", arguments: { text: "hello" } });
  const failing = { ...passedCall("echo", "no"), status: "failed" as const, isError: true };
  runtime.onTrial = () => ({ canary: failing });
  expect(await desk.publish(id, "1.0.0")).toMatchObject({ state: "failed" });
});

test("a version waits for its turn when an edge tries as many as it may; no text of an operation holds a secret of the server", async () => {
  const id = await desk.serverWith("1.0.0", "1.1.0");
  const secret = "a-key-that-nobody-may-read";
  await updateServerConfig(desk.developer(), { server: id, environment: { KEY: secret } });
  let tries = 0;
  runtime.onTrial = async () => {
    tries += 1;
    if (tries === 1) throw new DomainError("limit_reached", "Too many bundles are being tried at once.");
    return { refused: `Uncaught Error: ${secret} is not accepted` };
  };
  const failed = await desk.publish(id, "1.0.0");
  expect(tries).toBe(2);
  expect(failed.error).toBe("Uncaught Error: [redacted] is not accepted");
  expect(JSON.stringify(failed)).not.toContain(secret);
  runtime.onTrial = () => ({
    smoke: failedSmoke(`cannot reach ${secret}`),
    errorLines: [`used ${secret}`],
  });
  expect(JSON.stringify(await desk.publish(id, "1.1.0"))).not.toContain(secret);
});

test("an edge that goes away while it is asked fails both eras with its words: neither was judged", async () => {
  const id = await desk.serverWith("1.0.0");
  runtime.onTrial = () => ({ lost: new DomainError("unavailable", "The edge is not running.") });
  const failed = await desk.publish(id, "1.0.0");
  expect(failed).toMatchObject({ state: "failed", error: "The edge is not running." });
  expect(failed.steps.slice(1, 3)).toMatchObject([
    { state: "failed", detail: "The edge is not running." },
    { state: "failed", detail: "The edge is not running." },
  ]);
});

test("when the data plane is away the publish fails in words and can be run again", async () => {
  const id = await desk.serverWith("1.0.0");
  runtime.onTrial = () => Promise.reject(new Error("connect ENOENT /run/control.sock"));
  expect(await desk.publish(id, "1.0.0")).toMatchObject({
    state: "failed",
    error: expect.stringMatching(/runtime does not answer/),
  });
  runtime.onTrial = () => ({});
  expect(await desk.publish(id, "1.0.0")).toMatchObject({ state: "succeeded" });
});

test("a tool description that no database can hold does not stop a publish", async () => {
  const id = await desk.serverWith("1.0.0");
  const smoke = passedSmoke("odd");
  const tools = smoke.tools.map((tool) => ({ ...tool, description: "nul\0half\ud800" }));
  runtime.onTrial = () => ({ smoke: { ...smoke, tools } });
  await desk.publish(id, "1.0.0");
  const listed = await listTools(desk.viewer(), { server: id });
  expect(listed.tools[0]?.description).toBe("nul\u2400half\uFFFD");
});

test("rollback goes to the version that served before, or to a named one that has served, behind the same gate", async () => {
  const id = await desk.serverWith("1.0.0", "2.0.0", "3.0.0");
  const rollback = (version?: string) =>
    completed(
      desk.developer(),
      rollbackVersion(desk.developer(), version ? { server: id, version } : { server: id }),
    );
  await expect(rollback()).rejects.toMatchObject({ code: "conflict" });
  await desk.publish(id, "1.0.0");
  await expect(rollback()).rejects.toMatchObject({ code: "conflict" });
  await desk.publish(id, "2.0.0");
  expect(await rollback()).toMatchObject({
    kind: "rollback",
    state: "succeeded",
    version: "1.0.0",
    previousVersion: "2.0.0",
  });
  expect(await desk.directoryRow(id)).toMatchObject({ version: { semver: "1.0.0" } });
  await expect(rollback("1.0.0")).rejects.toThrow(/serves already/);
  await expect(rollback("3.0.0")).rejects.toThrow(/never served/);
  await expect(rollback("9.0.0")).rejects.toMatchObject({ code: "not_found" });
  runtime.onTrial = () => ({ refused: "Uncaught Error: gone" });
  expect(await rollback("2.0.0")).toMatchObject({ state: "failed", error: "Uncaught Error: gone" });
  expect(await desk.directoryRow(id)).toMatchObject({ version: { semver: "1.0.0" } });
});

test("restart brings fresh processes of a server that serves; one that cannot start keeps the old ones", async () => {
  const id = await desk.serverWith("1.0.0");
  const restart = () => completed(desk.developer(), restartServer(desk.developer(), { server: id }));
  await expect(restart()).rejects.toMatchObject({ code: "conflict" });
  await desk.publish(id, "1.0.0");
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
  expect(await desk.directoryRow(id)).toMatchObject({ status: "active" });
});

test("publishing the version that serves tries it again, and has nothing to wait for", async () => {
  const id = await desk.serverWith("1.0.0");
  await desk.publish(id, "1.0.0");
  const again = await desk.publish(id, "1.0.0");
  expect(again).toMatchObject({ state: "succeeded", version: "1.0.0", previousVersion: "1.0.0" });
  expect(again.steps.at(-1)).toMatchObject({
    state: "skipped",
    detail: expect.stringMatching(/served already/),
  });
  expect(runtime.drained).toEqual([]);
});

test("deactivate stops a server, activate starts the same version behind the same gate", async () => {
  const id = await desk.serverWith("1.0.0");
  const activate = () => completed(desk.developer(), activateServer(desk.developer(), { server: id }));
  await expect(activate()).rejects.toMatchObject({ code: "conflict" });
  const published = await desk.publish(id, "1.0.0");
  expect(await completed(desk.developer(), deactivateServer(desk.developer(), { server: id }))).toMatchObject(
    {
      kind: "deactivate",
      state: "succeeded",
      version: "1.0.0",
      steps: [{ name: "switch" }, { name: "drain", state: "succeeded" }],
    },
  );
  expect(runtime.drained).toMatchObject([{ serverId: id, versionId: expect.stringMatching(/^ver_/) }]);
  expect(published.version).toBe("1.0.0");
  expect(await desk.directoryRow(id)).toMatchObject({ status: "inactive" });
  await expect(rollbackVersion(desk.developer(), { server: id, version: "1.0.0" })).rejects.toMatchObject({
    code: "conflict",
    message: "Version 1.0.0 is the present one, but the server is not active. Activate it.",
  });
  runtime.onTrial = () => ({ refused: "Uncaught Error: no KEY" });
  expect(await activate()).toMatchObject({ state: "failed", error: "Uncaught Error: no KEY" });
  expect(await desk.directoryRow(id)).toMatchObject({ status: "inactive" });
  runtime.onTrial = () => ({});
  expect(await activate()).toMatchObject({ kind: "activate", state: "succeeded" });
  expect(await desk.directoryRow(id)).toMatchObject({ status: "active", version: { semver: "1.0.0" } });
});

test("the deployment tells what serves; its runtime is unknown when the data plane is away", async () => {
  const id = await desk.serverWith("1.0.0");
  await desk.publish(id, "1.0.0");
  const deployment = await getDeployment(desk.viewer(), { server: id });
  expect(deployment).toMatchObject({
    serverId: id,
    status: "active",
    activeVersion: { semver: "1.0.0", active: true },
    runtime: [{ state: "running" }],
    lastOperation: { kind: "publish", state: "succeeded" },
  });
  runtime.reachable = false;
  expect(await getDeployment(desk.viewer(), { server: id })).toMatchObject({
    status: "active",
    runtime: [{ state: "unknown" }],
  });
});

test("a connected server has no versions", async () => {
  await createServer(desk.developer(), {
    kind: "connected",
    name: "C",
    slug: "has-no-versions",
    upstreamUrl: "https://example.com/mcp",
  });
  await expect(desk.upload("has-no-versions", "1.0.0")).rejects.toMatchObject({ code: "invalid_input" });
  await expect(
    publishVersion(desk.developer(), { server: "has-no-versions", version: "1.0.0" }),
  ).rejects.toMatchObject({ code: "invalid_input" });
  expect(await getDeployment(desk.viewer(), { server: "has-no-versions" })).toMatchObject({ runtime: [] });
});

test("a viewer reads and starts nothing; a refused call leaves no operation", async () => {
  const id = await desk.serverWith("1.0.0");
  const forbidden = { code: "forbidden" };
  await expect(desk.upload(id, "1.0.1", desk.viewer())).rejects.toMatchObject(forbidden);
  await expect(publishVersion(desk.viewer(), { server: id, version: "1.0.0" })).rejects.toMatchObject(
    forbidden,
  );
  await expect(activateServer(desk.viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(deactivateServer(desk.viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(rollbackVersion(desk.viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(restartServer(desk.viewer(), { server: id })).rejects.toMatchObject(forbidden);
  await expect(cancelOperation(desk.viewer(), { server: id, operation: "op_1" })).rejects.toMatchObject(
    forbidden,
  );
  expect(await listOperations(desk.viewer(), { server: id })).toEqual([]);
});

test("a stranger's server and a missing one give the same answer, to every verb", async () => {
  const id = await desk.serverWith("1.0.0");
  const operation = await desk.publish(id, "1.0.0");
  const answerOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      ({ code, message }) => ({ code, message }),
    );
  for (const verb of [
    (server: string) => desk.upload(server, "9.0.0", desk.stranger()),
    (server: string) => publishVersion(desk.stranger(), { server, version: "1.0.0" }),
    (server: string) => activateServer(desk.stranger(), { server }),
    (server: string) => deactivateServer(desk.stranger(), { server }),
    (server: string) => rollbackVersion(desk.stranger(), { server }),
    (server: string) => restartServer(desk.stranger(), { server }),
    (server: string) => cancelOperation(desk.stranger(), { server, operation: operation.id }),
    (server: string) => getDeployment(desk.stranger(), { server }),
    (server: string) => listVersions(desk.stranger(), { server }),
    (server: string) => listOperations(desk.stranger(), { server }),
    (server: string) => getOperation(desk.stranger(), { server, operation: operation.id }),
  ]) {
    const missing = await answerOf(verb("no-such-server"));
    expect(missing).toMatchObject({ code: "not_found" });
    expect(await answerOf(verb(id))).toEqual(missing);
  }
  expect(await getOperation(desk.viewer(), { server: id, operation: operation.id })).toEqual(operation);
  const other = await desk.serverWith();
  await expect(getOperation(desk.viewer(), { server: other, operation: operation.id })).rejects.toMatchObject(
    {
      code: "not_found",
    },
  );
});
