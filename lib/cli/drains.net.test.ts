import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogDrain, LogDrainTest } from "#lib/contract/index.ts";
import { createLogDrain } from "#lib/domain/log-drains/index.ts";
import { createDispatcher } from "#lib/http/dispatch.ts";
import { routes } from "#lib/http/routes/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { bearer, testAuthSystem } from "#lib/testing/index.ts";
import type { CliIo } from "./cli-io.ts";
import { main } from "./main.ts";

/** The real REST API over a real database; the sink answers as the test says. */
let own: GatewayFixture;
let api: http.Server;
let environment: Record<string, string>;
let sinkStatus = 204;

beforeAll(async () => {
  own = await gatewayFixture({
    clock: systemClock,
    doors: { publicFetch: async () => new Response(null, { status: sinkStatus }) },
  });
  const dispatch = createDispatcher({ system: testAuthSystem(own.system), routes, strictResponses: true });
  api = http.createServer(async (req, res) => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const response = await dispatch(
      new Request(`http://127.0.0.1${req.url}`, {
        method: req.method ?? "GET",
        headers: req.headers as Record<string, string>,
        ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
      }),
    );
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const scopes = ["drains:read", "drains:write", "organization:read"] as const;
  const token = (await bearer(own.system, own.tenants.acme, scopes)).authorization?.slice("Bearer ".length);
  environment = {
    MCPSTACK_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    MCPSTACK_API_KEY: token ?? "",
    MCPSTACK_ORG_ID: "acme",
  };
  await createLogDrain(own.as("admin"), {
    name: "Warehouse",
    kind: "http_ndjson",
    url: "https://logs.example.com/\u200bingest",
    headers: { authorization: "Bearer never-shown" },
    logs: ["requests", "console"],
  });
});
afterAll(async () => {
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  await own.store.close();
});

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const io: CliIo = {
    env: { ...environment, XDG_CONFIG_HOME: "/nonexistent" },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    outTaken: async () => undefined,
    stdoutIsTty: false,
    stdinIsTty: false,
    readStdin: () => Promise.reject(new Error("no drain command reads standard input")),
    askSecret: () => Promise.reject(new Error("a command without a terminal must not ask")),
    onInterrupt: () => () => {},
    homeDirectory: "/nonexistent",
    nowMs: () => systemClock.nowMs(),
  };
  return { code: await main(argv, io), ...said };
}

test("drains list and get name a drain by name or id and never show a header's value", async () => {
  const list = await run("drains", "list");
  expect(list.code).toBe(0);
  expect(list.out).toMatch(/Warehouse\s+waiting\s+http_ndjson\s+requests, console/);
  const get = await run("drains", "get", "warehouse", "--json");
  expect(get.code).toBe(0);
  const drain = JSON.parse(get.out) as LogDrain;
  expect(drain).toMatchObject({ name: "Warehouse", headerNames: ["authorization"], deadLetters: [] });
  expect((await run("drains", "get", drain.id)).out).toContain("Nothing waits to be sent again.");
  expect(`${list.out}${get.out}`).not.toContain("never-shown");
  expect(await run("drains", "get", "no-such")).toMatchObject({ code: 5 });
});

test("drains test exits 0 when the sink takes the line and 3 when it does not", async () => {
  const taken = await run("drains", "test", "Warehouse", "--json");
  expect(taken.code).toBe(0);
  expect(JSON.parse(taken.out) as LogDrainTest).toMatchObject({ isAccepted: true, httpStatus: 204 });
  sinkStatus = 403;
  const refused = await run("drains", "test", "Warehouse");
  expect(refused.code).toBe(3);
  expect(refused.out).toContain("The sink answered 403");
});
