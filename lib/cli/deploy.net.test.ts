import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { System } from "#lib/domain/access/index.ts";
import { runOperationWorker } from "#lib/domain/deployments/index.ts";
import { createDispatcher } from "#lib/http/dispatch.ts";
import { routes } from "#lib/http/routes/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  bearer,
  createTenants,
  type FakeTrial,
  fakeRuntime,
  type TestDatabase,
  testAuthSystem,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { main } from "./main.ts";

/** The real REST API and a real worker over a real database; trials do what the test says. */
let test_: TestDatabase;
let system: System;
let server: http.Server;
let env: Record<string, string>;
let home: string;
const runtime = fakeRuntime();
const stopping = new AbortController();
let worker: Promise<void>;

beforeAll(async () => {
  test_ = await testDatabase();
  const { acme } = await createTenants(test_.database);
  system = testSystem({ database: test_.database, clock: systemClock, doors: { runtime } });
  const dispatch = createDispatcher({ system: testAuthSystem(system), routes, strictResponses: true });
  server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await dispatch(
      new Request(`http://${req.headers.host}${req.url}`, {
        method: req.method ?? "GET",
        headers: req.headers as Record<string, string>,
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      }),
    );
    res.writeHead(answer.status, Object.fromEntries(answer.headers));
    res.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { authorization = "" } = await bearer(system, acme, [
    "organization:read",
    "servers:read",
    "servers:write",
    "deployments:write",
  ]);
  home = await mkdtemp(path.join(tmpdir(), "mcpstack-deploy-"));
  env = {
    XDG_CONFIG_HOME: home,
    MCPSTACK_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    MCPSTACK_API_KEY: authorization.slice("Bearer ".length),
    MCPSTACK_ORG_ID: "acme",
  };
  await writeFile(path.join(home, "server.js"), "export default { fetch: () => new Response('ok') };");
  worker = runOperationWorker(system, stopping.signal);
});
afterAll(async () => {
  stopping.abort();
  await worker;
  server.closeAllConnections();
  server.close();
  await test_.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  runtime.onTrial = () => ({});
});

function start(...argv: string[]) {
  let [out, err] = ["", ""];
  let interrupt = () => {};
  const outcome = main(argv, {
    env,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outTaken: async () => undefined,
    stdoutIsTty: false,
    stdinIsTty: false,
    readStdin: async () => "",
    askSecret: async () => "",
    onInterrupt: (listener) => {
      interrupt = listener;
      return () => {};
    },
    homeDirectory: home,
    nowMs: () => systemClock.nowMs(),
  }).then((code) => ({ code, out, err }));
  return { outcome, out: () => out, err: () => err, interrupt: () => interrupt() };
}
const run = (...argv: string[]) => start(...argv).outcome;
const module = () => path.join(home, "server.js");

test("deploy makes the server when asked, uploads, publishes, shows each step and exits 0; one object for machines", async () => {
  const missing = await run("deploy", module(), "--server", "desk", "--version", "1.0.0");
  expect(missing.code).toBe(5);
  const made = await run("deploy", module(), "--server", "desk", "--version", "1.0.0", "--create", "--json");
  expect(made).toMatchObject({ code: 0 });
  expect(JSON.parse(made.out)).toMatchObject({
    version: { semver: "1.0.0" },
    operation: { kind: "publish", state: "succeeded", version: "1.0.0" },
  });
  expect(made.err).toMatch(/✓ start .*\n✓ tools\/list legacy .*2 tools\n✓ tools\/list modern/);
  const again = await run("deploy", module(), "--server", "desk", "--version", "1.0.0");
  expect(again, "a version that exists").toMatchObject({ code: 6, err: expect.stringContaining("exists") });
  expect(again.err, "nothing runs, so there is nothing to wait for").not.toContain("wait for");
  const upload = await run("deploy", module(), "--server", "desk", "--version", "1.1.0", "--no-publish");
  expect(upload).toMatchObject({ code: 0, out: expect.stringContaining("uploaded, not published") });
  expect((await run("deploy", module(), "--server", "desk")).code, "no version").toBe(2);
});

test("a failed gate exits 3 with the runtime's words and what the version wrote", async () => {
  runtime.onTrial = () => ({ refused: "Uncaught SyntaxError: Unexpected token at main.js:1:3" });
  const refused = await run("deploy", module(), "--server", "desk", "--version", "1.2.0");
  expect(refused).toMatchObject({
    code: 3,
    err: expect.stringContaining("Uncaught SyntaxError: Unexpected token at main.js:1:3"),
  });
});

test("publish, rollback, restart, deactivate and activate wait for their end, or not when told so", async () => {
  expect(await run("servers", "publish", "desk", "1.1.0")).toMatchObject({ code: 0 });
  const back = await run("servers", "rollback", "desk", "--json");
  expect(JSON.parse(back.out)).toMatchObject({ kind: "rollback", state: "succeeded", version: "1.0.0" });
  for (const verb of ["restart", "deactivate", "activate"])
    expect(await run("servers", verb, "desk")).toMatchObject({ code: 0 });
  const queued = await run("servers", "restart", "desk", "--no-wait", "--json");
  expect(JSON.parse(queued.out)).toMatchObject({ kind: "restart", state: "queued" });
  expect((await run("operations", "watch", "desk")).code).toBe(0);
  expect((await run("servers", "create", "desk")).code, "the slug is taken").toBe(6);
});

test("while one is under way a second exits 6; Ctrl-C leaves it running and says how to watch it; watch shows its end", async () => {
  const held = Promise.withResolvers<FakeTrial>();
  runtime.onTrial = () => held.promise;
  const publishing = start("servers", "publish", "desk", "1.1.0");
  await eventually(() => expect(runtime.tried.at(-1)?.semver).toBe("1.1.0"));
  const second = await run("servers", "restart", "desk");
  expect(second).toMatchObject({ code: 6, err: expect.stringMatching(/still running \(op_/) });
  publishing.interrupt();
  const left = await publishing.outcome;
  expect(left).toMatchObject({ code: 130, err: expect.stringMatching(/operations watch desk op_/) });
  const watching = start("operations", "watch", "desk", "--json");
  await eventually(() => expect(watching.out()).toContain('"state":"running"'));
  held.resolve({});
  const watched = await watching.outcome;
  expect(watched.code).toBe(0);
  const changes = watched.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(changes.at(-1)).toMatchObject({ state: "succeeded", version: "1.1.0" });
});
