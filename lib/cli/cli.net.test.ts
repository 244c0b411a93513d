import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { servers } from "#drizzle/schema/index.ts";
import type { RegionCheck } from "#lib/contract/index.ts";
import { createLogStreamServer } from "#lib/data-plane/log-stream/index.ts";
import { createLogHub, type LogHub } from "#lib/data-plane/observation/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { publishVersion, uploadVersion } from "#lib/domain/deployments/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createDispatcher } from "#lib/http/dispatch.ts";
import { routes } from "#lib/http/routes/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  bearer,
  completed,
  createTenants,
  fakeRuntime,
  passedCheck,
  recordingLog,
  type Tenants,
  type TestDatabase,
  testAuthSystem,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { serverEntry, testDirectory } from "#lib/testing/log-stream-harness.ts";
import type { CliIo } from "./cli-io.ts";
import { main } from "./main.ts";

/** The real REST API over a real database, a real MCP server and the real log stream, on one port. */
let test_: TestDatabase;
let tenants: Tenants;
let system: System;
let edge: http.Server;
let apiUrl: string;
let token: string;
let home: string;
let hub: LogHub;
let logStream: ReturnType<typeof createLogStreamServer>;
const runtime = fakeRuntime();
const directory = testDirectory();
let isUpstreamWorking = true;

const mcp = createMcpHandler(() => {
  const server = new McpServer({ name: "support", version: "1.0.0" });
  server.registerTool("greet", { inputSchema: z.object({ name: z.string() }) }, async ({ name }) => ({
    content: [{ type: "text", text: `Hello ${name}\u001b[31m` }],
  }));
  return server;
});

async function toRequest(req: http.IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return new Request(`http://127.0.0.1${req.url}`, {
    method: req.method ?? "GET",
    headers: req.headers as Record<string, string>,
    ...(body.length > 0 ? { body } : {}),
  });
}

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  edge = http.createServer(async (req, res) => {
    const request = await toRequest(req);
    const response = req.url?.startsWith("/mcp/")
      ? isUpstreamWorking
        ? await mcp.fetch(request)
        : new Response("crashed", { status: 502 })
      : await dispatch(request);
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(Buffer.from(await response.arrayBuffer()));
  });
  edge.on("upgrade", (req, socket, head) => {
    if (!logStream.upgrade(req, socket, head)) socket.destroy();
  });
  edge.listen(0, "127.0.0.1");
  await once(edge, "listening");
  const { port } = edge.address() as AddressInfo;
  apiUrl = `http://127.0.0.1:${port}`;
  system = testSystem({
    database: test_.database,
    clock: systemClock,
    doors: {
      runtime,
      internalMcp: (slug) => ({ url: `${apiUrl}/mcp/${slug}`, headers: {} }),
    },
  });
  const dispatch = createDispatcher({ system: testAuthSystem(system), routes, strictResponses: true });
  token = (
    await bearer(system, tenants.acme, [
      "servers:read",
      "checks:read",
      "checks:run",
      "logs:read",
      "organization:read",
    ])
  ).authorization?.slice("Bearer ".length) as string;
  const developer = testCtx(system, tenants.acme, "developer");
  const { id } = await createServer(developer, { kind: "hosted", name: "Support API", slug: "support-api" });
  await uploadVersion(developer, {
    server: id,
    version: "1.0.0",
    contentType: "text/javascript",
    body: new TextEncoder().encode("export default {};"),
  });
  await completed(developer, publishVersion(developer, { server: id, version: "1.0.0" }));
  await createServer(testCtx(system, tenants.globex, "owner"), {
    kind: "hosted",
    name: "Foreign",
    slug: "foreign",
  });
  const [row] = await test_.database.db.select().from(servers);
  directory.put(serverEntry({ id, organizationId: row?.organizationId ?? "", slug: "support-api" }));
});
afterAll(async () => {
  edge.closeAllConnections();
  await new Promise((resolve) => edge.close(resolve));
  await test_.close();
});
beforeEach(async () => {
  isUpstreamWorking = true;
  home = await mkdtemp(path.join(tmpdir(), "mcpstack-cli-"));
  hub = createLogHub({ clock: systemClock, ids: createIdSource() });
  logStream = openLogStream();
});
afterEach(async () => {
  logStream.close();
  await rm(home, { recursive: true, force: true });
});

const openLogStream = () =>
  createLogStreamServer({
    hub,
    directory,
    authorize: async ({ authorization }, organizationId) =>
      authorization !== `Bearer ${token}`
        ? { kind: "unauthenticated" }
        : organizationId === tenants.acme.id
          ? { kind: "allowed", name: "CI", expiresAtMs: null }
          : { kind: "forbidden" },
    allowedOrigins: [],
    clock: systemClock,
    log: recordingLog(),
  });

interface Outcome {
  code: number;
  out: string;
  err: string;
}
interface Running {
  outcome: Promise<Outcome>;
  out(): string;
  err(): string;
  interrupt(): void;
}

/** Starts a command in this process, as somebody with these environment variables, not on a terminal. */
function start(argv: readonly string[], env: Record<string, string> = signedInEnv(), stdin = ""): Running {
  let out = "";
  let err = "";
  let interrupt = () => {};
  const io: CliIo = {
    env: { XDG_CONFIG_HOME: home, ...env },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outTaken: async () => undefined,
    stdoutIsTty: false,
    stdinIsTty: false,
    readStdin: async () => stdin,
    askSecret: async () => {
      throw new Error("a command without a terminal must not ask");
    },
    onInterrupt: (listener) => {
      interrupt = listener;
      return () => {};
    },
    homeDirectory: home,
    nowMs: () => systemClock.nowMs(),
  };
  const outcome = main(argv, io).then((code) => ({ code, out, err }));
  return { outcome, out: () => out, err: () => err, interrupt: () => interrupt() };
}
const run = (argv: readonly string[], env?: Record<string, string>, stdin?: string): Promise<Outcome> =>
  start(argv, env, stdin).outcome;
const signedInEnv = () => ({ MCPSTACK_API_URL: apiUrl, MCPSTACK_API_KEY: token });

test("login takes the token from standard input, keeps it to this user, and later commands use it", async () => {
  const result = await run(["login", "--json"], { MCPSTACK_API_URL: apiUrl }, `${token}\n`);
  expect(result).toMatchObject({ code: 0 });
  expect(JSON.parse(result.out)).toMatchObject({ apiUrl, kind: "apiToken", organization: "acme" });
  expect(result.out + result.err).not.toContain(token);
  const file = path.join(home, "mcpstack", "login.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ apiUrl, token });

  expect(await run(["servers", "get", "support-api"], {})).toMatchObject({ code: 0 });
  const elsewhere = await run(["servers", "list"], { MCPSTACK_API_URL: "http://127.0.0.1:9" });
  expect(elsewhere).toMatchObject({ code: 4, err: expect.stringContaining("You are signed in to") });
  expect(await run(["logout"], {})).toMatchObject({ code: 0 });
  expect(await run(["servers", "list"], {})).toMatchObject({ code: 4 });
});

test("a wrong token is not stored", async () => {
  const result = await run(["login"], { MCPSTACK_API_URL: apiUrl }, "mcpstack_sk_wrong");
  expect(result).toMatchObject({ code: 4, out: "" });
  expect(await run(["auth", "status"], { MCPSTACK_API_URL: apiUrl })).toMatchObject({ code: 4 });
  expect(await run(["login"], { MCPSTACK_API_URL: apiUrl }, "")).toMatchObject({ code: 2 });
});

test("auth status says when a key in the environment overrides the login", async () => {
  await run(["login"], { MCPSTACK_API_URL: apiUrl }, token);
  const plain = await run(["auth", "status", "--json"], {});
  expect(JSON.parse(plain.out)).toMatchObject({ credential: "login", overridesLogin: false });
  const over = await run(["auth", "status", "--json"], { MCPSTACK_API_KEY: token });
  expect(JSON.parse(over.out)).toMatchObject({ credential: "environment", overridesLogin: true });
  expect(over.err).toContain("overrides");
});

test("servers list and get print people's tables and machines' JSON and YAML [ops.servers.cli-get]", async () => {
  const list = await run(["servers", "list"]);
  expect(list.out).toMatch(/^SLUG +NAME/);
  expect(list.out).toMatch(/support-api +Support API +hosted +active +1\.0\.0 +2/);
  expect(list.out).not.toContain("foreign");
  const json = await run(["servers", "get", "support-api", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ slug: "support-api", status: "active" });
  expect(json.out.trimEnd().split("\n")).toHaveLength(1);
  const yaml = await run(["servers", "get", "support-api"], { ...signedInEnv(), MCPSTACK_OUTPUT: "yaml" });
  expect(yaml.out).toContain('slug: "support-api"\n');
});

test("a stranger's server and a missing one exit alike, with what to do next", async () => {
  const foreign = await run(["servers", "get", "foreign"]);
  const missing = await run(["servers", "get", "no-such"]);
  expect(foreign).toEqual(missing);
  expect(foreign).toMatchObject({ code: 5, out: "", err: expect.stringContaining("→") });
});

test("a passed smoke prints the documented object and exits 0; a failed one says why and exits 3 [ops.smoke.cli] [ops.smoke.json] [ops.smoke.rest] [ops.smoke.release-gate]", async () => {
  const passed = await run(["smoke", "tools-list", "support-api", "--json"]);
  expect(passed.code).toBe(0);
  expect(passed.out).toMatch(
    /^\{"server":"support-api","transport":"streamable-http","status":"passed","toolCount":1,/,
  );
  const legacy = await run(["smoke", "tools-list", "support-api", "--era", "legacy", "--json"]);
  expect(JSON.parse(legacy.out)).toMatchObject({ status: "passed", era: "legacy" });
  expect(await run(["smoke", "tools-list", "support-api", "--era", "old"])).toMatchObject({ code: 2 });
  isUpstreamWorking = false;
  const failed = await run(["smoke", "tools-list", "support-api", "--json"]);
  expect(failed.code).toBe(3);
  expect(failed.out).toMatch(
    /^\{"server":"support-api","transport":"streamable-http","status":"failed","toolCount":0,/,
  );
  expect(failed.err).toContain("HTTP 502");
  expect(await run(["smoke", "tools-list", "support-api"])).toMatchObject({
    code: 3,
    out: expect.stringContaining("failed"),
  });
});

test("smoke call passes arguments and shows content without what a terminal would act on", async () => {
  const good = await run(["smoke", "call", "support-api", "greet", "--args", '{"name":"Ada"}']);
  expect(good).toMatchObject({ code: 0, out: expect.stringContaining("Hello Ada\n") });
  expect(good.out).not.toContain("\u001b");
  const piped = await run(
    ["smoke", "call", "support-api", "greet", "--args", "-"],
    signedInEnv(),
    '{"name":"B"}',
  );
  expect(piped.out).toContain("Hello B");
  expect(await run(["smoke", "call", "support-api", "greet"])).toMatchObject({ code: 3 });
  for (const args of ["{", "[1]", "7"])
    expect(await run(["smoke", "call", "support-api", "greet", "--args", args])).toMatchObject({ code: 2 });
});

test("servers checks runs a hosting check, shows every region and step, and is a release gate [ops.checks.cli] [ops.checks.rest]", async () => {
  runtime.onHostingCheck = () => [passedCheck("eu", "edge-1"), passedCheck("us", "edge-2")];
  const passed = await run(["servers", "checks", "support-api", "--json"]);
  expect(passed).toMatchObject({ code: 0, err: "" });
  expect(passed.out).toMatch(
    /^\{"server":"support-api","status":"passed","regions":\[\{"region":"eu","node":"edge-1","status":"passed","steps":\[\{"name":"dns"/,
  );
  const shown = await run(["servers", "checks", "support-api"]);
  expect(shown.out).toMatch(/REGION +NODE +STEP +STATUS +DURATION +DETAIL/);
  expect(shown.out).toMatch(/us +edge-2 +tools\/list +passed +1 ms +tools\/list is fine/);

  runtime.onHostingCheck = () => [passedCheck("eu", "edge-1"), brokenCheck("failed")];
  const failed = await run(["servers", "checks", "support-api"]);
  expect(failed).toMatchObject({ code: 3, out: expect.stringMatching(/Status +failed/) });
  expect(failed.err).toContain("Failed in us (edge-2) at tls: expired yesterday\n  → Renew it.\n");
  expect(failed.out + failed.err).not.toContain("\u001b");
  expect(await run(["servers", "checks", "support-api", "--json"])).toMatchObject({ code: 3 });
  runtime.onHostingCheck = () => [brokenCheck("warned")];
  expect(await run(["servers", "checks", "support-api"])).toMatchObject({
    code: 0,
    err: expect.stringContaining("Warning in us"),
  });
  runtime.onHostingCheck = () => [];
  expect(await run(["servers", "checks", "support-api"])).toMatchObject({
    code: 3,
    err: expect.stringContaining("No edge is running"),
  });

  const history = await run(["servers", "checks", "support-api", "--history", "--json"]);
  const statuses = JSON.parse(history.out).map(({ status }: { status: string }) => status);
  expect(statuses).toEqual(["failed", "warned", "failed", "failed", "passed", "passed"]);
  const listed = await run(["servers", "checks", "support-api", "--history"]);
  expect(listed).toMatchObject({ code: 0, out: expect.stringContaining("us: tls: expired yesterday") });
  expect(await run(["servers", "checks", "no-such"])).toMatchObject({ code: 5, out: "" });
});

/** A check of which one step says something that a terminal would act on. */
const brokenCheck = (status: "failed" | "warned"): RegionCheck => {
  const check = passedCheck("us", "edge-2");
  const steps = check.steps.map((step) =>
    step.name === "tls" ? { ...step, status, detail: "expired\u001b[31m yesterday", fix: "Renew it." } : step,
  );
  return { ...check, status, steps };
};

test("operations are listed newest first and shown with their steps [ops.operations.cli] [ops.operations.rest]", async () => {
  const list = JSON.parse((await run(["operations", "list", "support-api", "--json"])).out);
  expect(list).toMatchObject([{ kind: "publish", state: "succeeded", version: "1.0.0" }]);
  const one = await run(["operations", "get", "support-api", list[0].id]);
  expect(one.out).toMatch(/start +succeeded/);
  expect(await run(["operations", "get", "support-api", "op_nope"])).toMatchObject({ code: 5 });
});

test("the request log is listed; wrong filters are the API's to explain", async () => {
  const empty = await run(["logs", "list", "support-api", "--json"]);
  expect(JSON.parse(empty.out)).toMatchObject({ data: [], page: 1 });
  const wrong = await run(["logs", "list", "support-api", "--outcome", "splendid"]);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("outcome") });
});

test("a token with one organization needs no --org, and a foreign --org is not found", async () => {
  expect(await run(["servers", "list", "--org", "acme"])).toMatchObject({ code: 0 });
  expect(await run(["servers", "list", "--org", "globex"])).toMatchObject({ code: 5 });
});

test("what is not there is told plainly", async () => {
  const closed = await run(["servers", "list"], { ...signedInEnv(), MCPSTACK_API_URL: "http://127.0.0.1:9" });
  expect(closed).toMatchObject({ code: 1, err: expect.stringContaining("cannot be reached") });
  expect(await run(["servers", "list"], { ...signedInEnv(), MCPSTACK_API_URL: "nonsense" })).toMatchObject({
    code: 2,
  });
  expect(await run(["servers", "list"], { ...signedInEnv(), MCPSTACK_OUTPUT: "xml" })).toMatchObject({
    code: 2,
  });
  expect(
    await run(["servers", "list"], { ...signedInEnv(), MCPSTACK_API_KEY: "mcpstack_sk_bad" }),
  ).toMatchObject({
    code: 4,
  });
});

function write(count: number, message = "line", level: "info" | "error" = "info"): void {
  const ids = createIdSource();
  const serverId = directory.bySlug("support-api")?.id ?? "";
  for (let index = 1; index <= count; index++)
    hub.publish({
      id: ids.uuid(),
      organizationId: tenants.acme.id,
      serverId,
      versionId: null,
      requestId: null,
      ...hub.nextPosition(serverId),
      timestampMs: 1_700_000_000_000,
      level,
      method: level === "info" ? "log" : "error",
      message: `${message} ${index}`,
      truncated: false,
      bytes: 10,
      retentionDays: 0,
    });
}

test("--no-follow shows what is buffered and ends", async () => {
  write(3);
  const { code, out } = await run(["logs", "stream", "support-api", "--no-follow", "--json"]);
  expect(code).toBe(0);
  expect(
    out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).message),
  ).toEqual(["line 1", "line 2", "line 3"]);
  write(2, "bad", "error");
  const filtered = await run([
    "logs",
    "stream",
    "support-api",
    "--no-follow",
    "--level",
    "error",
    "--grep",
    "BAD 2",
  ]);
  expect(filtered.out).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}ERROR bad 2\n$/);
});

test("a stream shows new lines as they come, survives a lost connection without loss, and Ctrl-C exits 130 [ops.logs.cli-stream]", async () => {
  write(2, "old");
  const stream = start(["logs", "stream", "support-api"]);
  await eventually(() => expect(stream.out()).toContain("old 2"));
  write(1, "live");
  await eventually(() => expect(stream.out()).toContain("live 1"));

  logStream.close();
  logStream = openLogStream();
  await eventually(() => expect(stream.err()).toContain("Reconnecting"));
  write(2, "meanwhile");
  await eventually(() => expect(stream.out()).toContain("meanwhile 2"));
  expect(stream.out().match(/live 1/g)).toHaveLength(1);
  expect(stream.out()).not.toContain("missing");

  hub = createLogHub({ clock: systemClock, ids: createIdSource() });
  logStream.close();
  logStream = openLogStream();
  write(1, "reborn");
  await eventually(() => expect(stream.out()).toContain("reborn 1"));
  expect(stream.out()).toContain("lines are missing");

  stream.interrupt();
  expect(await stream.outcome).toMatchObject({ code: 130 });
});

test("a refused stream ends with its reason", async () => {
  const entry = directory.bySlug("support-api") ?? serverEntry();
  directory.put({ ...entry, status: "inactive" });
  const inactive = await run(["logs", "stream", "support-api"]);
  directory.put({ ...entry, status: "active" });
  expect(inactive).toMatchObject({ code: 6, out: "", err: expect.stringContaining("not active") });

  const viewers = Array.from({ length: 10 }, () => start(["logs", "stream", "support-api"]));
  await eventually(() => expect(logStream.status(entry.id).viewers).toBe(10));
  const eleventh = await run(["logs", "stream", "support-api"]);
  expect(eleventh).toMatchObject({ code: 7, err: expect.stringContaining("Watching: CI") });
  for (const viewer of viewers) viewer.interrupt();
  await Promise.all(viewers.map(({ outcome }) => outcome));
});

const bin = path.resolve(import.meta.dirname, "../../bin/mcpstack.mjs");
const spawnCli = (argv: readonly string[]) =>
  spawn(process.execPath, [bin, ...argv], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...signedInEnv() },
    stdio: ["ignore", "pipe", "pipe"],
  });
const collected = (stream: NodeJS.ReadableStream) => {
  let text = "";
  stream.on("data", (chunk) => {
    text += String(chunk);
  });
  return () => text;
};

test("the installed command runs as a process of its own, and its exit code is the command's", async () => {
  const child = spawnCli(["smoke", "tools-list", "support-api", "--json"]);
  const out = collected(child.stdout);
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  expect(JSON.parse(out())).toMatchObject({ status: "passed" });
  const [missing] = await once(spawnCli(["servers", "get", "no-such"]), "close");
  expect(missing).toBe(5);
});

test("under a Node that runs no TypeScript it hands over to one that does, with streams and exit code", async () => {
  const child = spawn(process.execPath, ["--no-strip-types", bin, "servers", "get", "no-such"], {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...signedInEnv() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const err = collected(child.stderr);
  const [code] = await once(child, "close");
  expect(err()).toContain("no such server");
  expect(code).toBe(5);
});

test("a process that streams ends with 130 on SIGINT", async () => {
  write(1, "hello");
  const child = spawnCli(["logs", "stream", "support-api"]);
  const out = collected(child.stdout);
  await eventually(() => expect(out()).toContain("hello 1"));
  child.kill("SIGINT");
  const [code] = await once(child, "close");
  expect(code).toBe(130);
});
