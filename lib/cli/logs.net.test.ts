import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { auditLog, checkRuns, servers } from "#drizzle/schema/index.ts";
import type { ReplayResult } from "#lib/contract/index.ts";
import { createLogStreamServer } from "#lib/data-plane/log-stream/index.ts";
import { createLogHub, type LogHub } from "#lib/data-plane/observation/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import {
  type ConsoleFact,
  type RequestFact,
  writeConsoleFacts,
  writeRequestFacts,
  writeUpstreamFacts,
} from "#lib/domain/requests/index.ts";
import { createDispatcher } from "#lib/http/dispatch.ts";
import { routes } from "#lib/http/routes/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource, encodeId } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  bearer,
  createTenants,
  recordingLog,
  type Tenants,
  type TestDatabase,
  testAuthSystem,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { serverEntry, testDirectory } from "#lib/testing/log-stream-harness.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import type { CliIo } from "./cli-io.ts";
import { main } from "./main.ts";

/** Stored history, the live stream and a real MCP server, behind the real REST API on one port. */
let store: TestDatabase;
let tenants: Tenants;
let system: System;
let edge: http.Server;
let apiUrl: string;
let token: string;
let home: string;
let hub: LogHub;
let logStream: ReturnType<typeof createLogStreamServer>;
let greeting = "Hello";
/** True breaks answers off in the middle. */
let isBreaking = false;
const directory = testDirectory();
const ids = createIdSource();
const serverIds = new Map<string, string>();

const mcp = createMcpHandler(() => {
  const server = new McpServer({ name: "support", version: "1.0.0" });
  server.registerTool("greet", { inputSchema: z.object({ name: z.string() }) }, async ({ name }) => ({
    content: [{ type: "text", text: `${greeting} ${name}` }],
  }));
  return server;
});

beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
  home = await mkdtemp(path.join(tmpdir(), "mcpstack-cli-logs-"));
  edge = http.createServer(async (req, res) => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const request = new Request(`http://127.0.0.1${req.url}`, {
      method: req.method ?? "GET",
      headers: req.headers as Record<string, string>,
      ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
    });
    const response = req.url?.startsWith("/mcp/") ? await mcp.fetch(request) : await dispatch(request);
    res.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null) res.end();
    else if (isBreaking) res.write("{", () => res.destroy());
    else Readable.fromWeb(response.body as never).pipe(res);
  });
  edge.on("upgrade", (req, socket, head) => {
    if (!logStream.upgrade(req, socket, head)) socket.destroy();
  });
  edge.listen(0, "127.0.0.1");
  await once(edge, "listening");
  apiUrl = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
  system = testSystem({
    database: store.database,
    clock: systemClock,
    doors: { internalMcp: (slug) => ({ url: `${apiUrl}/mcp/${slug}`, headers: {} }) },
  });
  const dispatch = createDispatcher({ system: testAuthSystem(system), routes, strictResponses: true });
  const scopes = ["servers:read", "checks:run", "logs:read", "organization:read"] as const;
  token = (await bearer(system, tenants.acme, scopes)).authorization?.slice("Bearer ".length) ?? "";
  hub = createLogHub({ clock: systemClock, ids });
  logStream = createLogStreamServer({
    hub,
    directory,
    authorize: async () => ({ kind: "allowed", name: "CI", expiresAtMs: null }),
    allowedOrigins: [],
    clock: systemClock,
    log: recordingLog(),
  });
  for (const slug of ["alpha", "beta"]) await makeServer(slug);
  await writeLines("alpha", ["one", "bad two", "three", "bad four 7", "five", "bad six"], 4);
});
afterAll(async () => {
  logStream.close();
  edge.closeAllConnections();
  await new Promise((resolve) => edge.close(resolve));
  await store.close();
  await rm(home, { recursive: true, force: true });
});

async function makeServer(slug: string): Promise<void> {
  const id = ids.id("srv");
  const organizationId = tenants.acme.id;
  serverIds.set(slug, id);
  await store.database.db
    .insert(servers)
    .values({ id, organizationId, slug, name: slug, kind: "hosted", status: "active", retentionDays: 7 });
  directory.put(serverEntry({ id, organizationId, slug }));
}

/** The next lines of a server, as the hub numbers them; the first `stored` of them are in the store as well. */
async function writeLines(slug: string, messages: readonly string[], stored: number): Promise<void> {
  const serverId = serverIds.get(slug) ?? "";
  const facts = messages.map((message): ConsoleFact => {
    const timestampMs = Date.now();
    const fact: ConsoleFact = {
      id: ids.uuid(timestampMs),
      organizationId: tenants.acme.id,
      serverId,
      versionId: null,
      requestId: null,
      ...hub.nextPosition(serverId),
      timestampMs,
      level: message.startsWith("bad") ? "error" : "info",
      method: "log",
      message,
      truncated: false,
      bytes: message.length,
      retentionDays: 7,
    };
    hub.publish(fact);
    return fact;
  });
  await writeConsoleFacts(store.database, facts.slice(0, stored));
}

async function writeCall(slug: string, over: Partial<RequestFact> = {}): Promise<string> {
  const id = ids.uuid();
  const request = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "greet", arguments: { name: "Ada" } },
  };
  const response = { jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: "Hello Ada" }] } };
  await writeRequestFacts(store.database, {
    region: "eu-1",
    node: "node-1",
    facts: [
      requestFact({
        id,
        organizationId: tenants.acme.id,
        serverId: serverIds.get(slug) ?? "",
        tool: "greet",
        source: "agent",
        clientName: "Claude",
        clientVersion: "1",
        durationMs: 20,
        requestBytes: 1,
        responseBytes: 1,
        bodies: {
          request: JSON.stringify(request),
          response: JSON.stringify(response),
          requestBytes: 1,
          responseBytes: 1,
        },
        ...over,
      }),
    ],
  });
  return encodeId("req", id);
}

/** Starts a command in this process, not on a terminal. */
function start(argv: readonly string[]) {
  let out = "";
  let err = "";
  let interrupt = () => {};
  const io: CliIo = {
    env: { XDG_CONFIG_HOME: home, MCPSTACK_API_URL: apiUrl, MCPSTACK_API_KEY: token },
    out: (text) => {
      out += text;
    },
    outTaken: async () => undefined,
    err: (text) => {
      err += text;
    },
    stdoutIsTty: false,
    stdinIsTty: false,
    readStdin: async () => "",
    askSecret: async () => "",
    onInterrupt: (listener) => {
      interrupt = listener;
      return () => {};
    },
    homeDirectory: home,
    nowMs: Date.now,
  };
  const outcome = main(argv, io).then((code) => ({ code, out, err }));
  return { outcome, out: () => out, err: () => err, interrupt: () => interrupt() };
}
const run = (...argv: string[]) => start(argv).outcome;
const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("--since begins in history and goes on in the stream, each line once; other lines are chosen alike in both", async () => {
  const all = await run("logs", "stream", "alpha", "--since", "1h", "--no-follow", "--json");
  expect(all.err).toBe("");
  expect(jsonLines(all.out).map(({ message }) => message)).toEqual([
    "one",
    "bad two",
    "three",
    "bad four 7",
    "five",
    "bad six",
  ]);
  const chosen = await run(
    "logs",
    "stream",
    "alpha",
    "--since",
    "1h",
    "--no-follow",
    "--level",
    "warn",
    "--regex",
    "bad (two|six)",
  );
  expect(chosen.out.match(/bad \w+/g)).toEqual(["bad two", "bad six"]);
  const none = await run("logs", "stream", "alpha", "--since", "1h", "--no-follow", "--grep", "BAD FOUR");
  expect(none.out.match(/bad .*/g)).toEqual(["bad four 7"]);
});

test("several servers make one stream, each line with its server; a new line of each arrives", async () => {
  const stream = start(["logs", "stream", "alpha", "beta", "--tail", "0", "--grep", "fresh"]);
  await eventually(() =>
    expect(
      serverIds
        .values()
        .map((id) => logStream.status(id).viewers)
        .toArray(),
    ).toEqual([1, 1]),
  );
  await eventually(() => expect(stream.err()).toContain("Streaming alpha, beta"));
  await writeLines("alpha", ["fresh a", "stale"], 0);
  await writeLines("beta", ["fresh b"], 0);
  await eventually(() => expect(stream.out()).toMatch(/alpha │ .* fresh a\n/));
  await eventually(() => expect(stream.out()).toMatch(/beta {2}│ .* fresh b\n/));
  expect(stream.out()).not.toContain("stale");
  stream.interrupt();
  expect((await stream.outcome).code).toBe(130);
});

test.each<[string[], RegExp]>([
  [["logs", "stream", "alpha", "--regex", "(?=x)"], /--regex cannot be read/],
  [["logs", "stream", "alpha", "--since", "yesterday"], /--since "yesterday" is no time/],
  [["logs", "stream", "alpha", "--since", "1h", "--tail", "3"], /--since and --tail/],
  [["logs", "stream", "alpha", "--request", "x"], /no request id/],
  [["logs", "stream", "alpha", "--grep", "x".repeat(201)], /longer than 200/],
  [["logs", "stream", ..."abcdefghi"], /At most 8 servers/],
  [["logs", "list", "alpha", "--all", "--page", "2"], /--all and --page/],
  [["logs", "list", "alpha", "--all", "-o", "yaml"], /Use --json/],
  [["logs", "list", "alpha", "--since", "1h", "--from", "2h"], /say the same/],
  [["logs", "list", "alpha", "--log", "console", "--tool", "x"], /tool/],
  [["logs", "list", "alpha", "--cursor", "x"], /cursor was not made by us/],
  [["logs", "list", "alpha", "--session", "x"], /session/],
  [["logs", "histogram", "alpha", "--bars", "many"], /bars/],
  [["requests", "replay", "req_x", "--arguments", "[1]"], /must be a JSON object/],
])("%j is a usage error that says why", async (argv, message) => {
  const { code, out, err } = await run(...argv);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(message);
});

test("logs list shows console lines as a table, and --all follows the cursor to the oldest", async () => {
  const page = await run("logs", "list", "alpha", "--log", "console", "--limit", "3");
  expect(page.out).toMatch(/^TIME +LEVEL +REQUEST +MESSAGE\n.* error +– +bad four 7\n/);
  const cursor = /--cursor (\S+)/.exec(page.err)?.[1] ?? "";
  const next = await run("logs", "list", "alpha", "--log", "console", "--cursor", cursor);
  expect(next.out).toMatch(/info +– +one\n$/);
  const all = await run("logs", "list", "alpha", "--log", "console", "--limit", "1", "--all", "--json");
  expect(jsonLines(all.out).map(({ message }) => message)).toEqual(["bad four 7", "three", "bad two", "one"]);
  const table = await run("logs", "list", "alpha", "--log", "console", "--limit", "1", "--all");
  expect(table.out.match(/TIME/g)).toHaveLength(1);
  expect(table.out.split("\n")).toHaveLength(6);
});

test("logs histogram draws bars that hold every line", async () => {
  const json = await run("logs", "histogram", "alpha", "--log", "console", "--since", "1h", "--json");
  const { bars } = JSON.parse(json.out) as { bars: { info: number; error: number }[] };
  expect(bars.reduce((sum, { info, error }) => sum + info + error, 0)).toBe(4);
  const { out } = await run("logs", "histogram", "alpha", "--log", "console", "--since", "1h");
  expect(out).toMatch(/█+ +4 {2}2 errors\n/);
});

test("logs export writes every row to standard output or to a file, which is there only when it is whole", async () => {
  const file = path.join(home, "lines.csv");
  const written = await run("logs", "export", "alpha", "--log", "console", "--format", "csv", "-o", file);
  expect(written).toMatchObject({ code: 0, out: "", err: expect.stringContaining("bytes to") });
  expect((await readFile(file, "utf8")).trimEnd().split("\n")).toHaveLength(5);
  const output = await run("logs", "export", "alpha", "--log", "console", "--level", "error");
  expect(output.out.match(/"message":"bad/g)).toHaveLength(2);

  expect(await run("logs", "export", "alpha", "-o", file)).toMatchObject({
    code: 2,
    err: expect.stringContaining("--force"),
  });
  expect(await run("logs", "export", "alpha", "-o", home, "--force")).toMatchObject({ code: 2 });
  expect(await run("logs", "export", "alpha", "-o", path.join(home, "no", "x"))).toMatchObject({ code: 1 });
  expect(await run("logs", "export", "nobody", "-o", path.join(home, "x"))).toMatchObject({ code: 5 });
  await writeFile(file, "kept");
  isBreaking = true;
  const broken = await run("logs", "export", "alpha", "-o", file, "--force");
  isBreaking = false;
  expect(broken.code).toBe(1);
  expect(await readFile(file, "utf8")).toBe("kept");
  expect(await readdir(home)).toEqual(["lines.csv"]);
});

test("requests get shows a call as it went, from its client to its upstreams", async () => {
  const requestId = await writeCall("alpha");
  const { out } = await run("requests", "get", requestId);
  expect(out).toMatch(/Request +req_/);
  expect(out).toMatch(/Billable +1 of 1\n/);
  expect(out).toMatch(/client {4}INFO {2}tools\/call greet from Claude\n/);
  expect(out).toMatch(/\+20 ms {2}response {2}INFO {2}ok, HTTP 200\n/);
  expect(out).toContain('"arguments":{"name":"Ada"}');
  expect(JSON.parse((await run("requests", "get", requestId, "--json")).out)).toMatchObject({ requestId });
  expect(await run("requests", "get", encodeId("req", ids.uuid()))).toMatchObject({ code: 5, out: "" });
  expect(await run("requests", "get", "x")).toMatchObject({ code: 5 });
});

test("requests replay makes the call again as a smoke: the same answer is 0, another one is 3 with where it differs", async () => {
  const requestId = await writeCall("alpha");
  const same = await run("requests", "replay", requestId);
  expect(same).toMatchObject({ code: 0, err: "" });
  expect(same.out).toMatch(/Differences +none\n/);

  greeting = "Goodbye";
  const differs = await run("requests", "replay", requestId, "--json");
  greeting = "Hello";
  expect(differs.code).toBe(3);
  expect(JSON.parse(differs.out)).toMatchObject({
    original: { requestId, outcome: "ok" },
    replay: { status: "passed", outcome: "ok", failure: null },
    differences: [{ path: "/content/0/text", before: "Hello Ada", after: "Goodbye Ada" }],
    isComparable: true,
  } satisfies Partial<Record<keyof ReplayResult, unknown>>);

  const others = await run("requests", "replay", requestId, "--arguments", '{"name":"Bob"}', "--json");
  expect(JSON.parse(others.out).differences).toMatchObject([{ after: "Hello Bob" }]);
  const checks = await store.database.db.select().from(checkRuns);
  expect(checks.length).toBeGreaterThanOrEqual(3);
  expect(checks[0]).toMatchObject({ kind: "tool-call", tool: "greet", status: "passed" });
  const audits = await store.database.db.select().from(auditLog);
  expect(audits.filter(({ action }) => action === "check.replay").map(({ after }) => after)).toContainEqual(
    expect.objectContaining({ tool: "greet", replayOf: requestId }),
  );
});

test("a replay that cannot be one says why and what to do, and calls nothing", async () => {
  const bodies = (text: string) => ({ request: text, response: null, requestBytes: 1, responseBytes: 0 });
  const secret = bodies(JSON.stringify({ params: { arguments: { name: "[redacted:bearer#1a2b]" } } }));
  for (const [over, message] of [
    [{ method: "tools/list", tool: null }, /Only tool calls can be replayed/],
    [{ bodies: null }, /was not recorded. Give the arguments/],
    [{ bodies: secret }, /A secret was taken out of the recorded arguments/],
    [{ bodies: bodies('{"params":{"argum') }, /was cut/],
  ] as const) {
    const outcome = await run("requests", "replay", await writeCall("alpha", over));
    expect(outcome).toMatchObject({ code: 2, out: "", err: expect.stringMatching(message) });
  }
  const given = await run(
    "requests",
    "replay",
    await writeCall("alpha", { bodies: null }),
    "--arguments",
    '{"name":"Ada"}',
  );
  expect(given).toMatchObject({ code: 0, out: expect.stringMatching(/not comparable/) });

  const gone = await run("requests", "replay", await writeCall("alpha", { tool: "vanished" }));
  expect(gone).toMatchObject({
    code: 3,
    err: expect.stringContaining('no longer offers the tool "vanished"'),
  });

  await makeServer("asleep");
  await store.database.sql`update servers set status = 'inactive' where slug = 'asleep'`;
  expect(await run("requests", "replay", await writeCall("asleep"))).toMatchObject({
    code: 6,
    err: expect.stringContaining("Activate it"),
  });
});

test("an upstream call stands in the timeline with how long it took", async () => {
  const requestId = await writeCall("beta");
  const [row] = await store.database.sql<{ request_id: string }[]>`
    select request_id from request_log where server_id = ${serverIds.get("beta") ?? ""} limit 1`;
  await writeUpstreamFacts(store.database, [
    {
      id: ids.uuid(),
      organizationId: tenants.acme.id,
      serverId: serverIds.get("beta") ?? "",
      versionId: null,
      requestId: row?.request_id ?? null,
      method: "POST",
      url: "https://api.example.com/refunds",
      httpStatus: null,
      outcome: "timeout",
      error: "no answer within 60 s",
      durationMs: 60_000,
      requestBytes: 1,
      responseBytes: 0,
      retentionDays: 7,
    },
  ]);
  const { out } = await run("requests", "get", requestId);
  expect(out).toMatch(
    /upstream {2}ERROR POST https:\/\/api.example.com\/refunds: no answer within 60 s \(60.0 s\)\n/,
  );
  expect(out).toMatch(/Came to +an upstream of the server\n/);
});
