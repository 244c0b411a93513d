import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agents } from "#drizzle/schema/index.ts";
import type { AgentUsage, QuotaReport, Server, UsageReport } from "#lib/contract/index.ts";
import { writeRequestFacts } from "#lib/domain/requests/index.ts";
import { createDispatcher } from "#lib/http/dispatch.ts";
import { routes } from "#lib/http/routes/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { bearer, testAuthSystem } from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import type { CliIo } from "./cli-io.ts";
import { main } from "./main.ts";

/** The real REST API over a real database, with calls of this hour and of the day before. */
let own: GatewayFixture;
let api: http.Server;
let apiUrl: string;
let token: string;
let server: Server;
const ids = createIdSource();
const agent = ids.id("agt");

beforeAll(async () => {
  own = await gatewayFixture({ clock: systemClock });
  const dispatch = createDispatcher({ system: testAuthSystem(own.system), routes, strictResponses: true });
  api = http.createServer(async (req, res) => {
    const response = await dispatch(
      new Request(`http://127.0.0.1${req.url}`, { headers: req.headers as Record<string, string> }),
    );
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const scopes = ["agents:read", "usage:read", "organization:read"] as const;
  token = (await bearer(own.system, own.tenants.acme, scopes)).authorization?.slice("Bearer ".length) ?? "";
  server = await own.server();
  await own.store.database.db.insert(agents).values({
    organizationId: own.tenants.acme.id,
    id: agent,
    name: "ag_support",
    monthlyCapMicros: 9_007_199_254_740_993n,
    userCaps: { "ada@example.com": "500" },
  });
  const nowMs = systemClock.nowMs();
  const called = (ageMs: number, over: Partial<Parameters<typeof requestFact>[0]> & { micros?: string }) => {
    const { micros, ...rest } = over;
    return requestFact({
      id: ids.uuid(nowMs - ageMs),
      organizationId: own.tenants.acme.id,
      serverId: server.id,
      agentId: agent,
      source: "agent",
      ...(micros !== undefined && {
        endUser: "ada@example.com",
        billing: {
          verdict: "billed",
          charge: {
            amountMicros: micros,
            units: { calls: 1, hundredMs: 1, kib64: 1 },
            priceVersion: "metered@1",
            leases: { organization: null, agent: null, user: null, session: null },
          },
        },
      }),
      ...rest,
    });
  };
  await writeRequestFacts(own.store.database, {
    region: "eu-1",
    node: "node-1",
    facts: [
      ...Array.from({ length: 5 }, () => called(1, { tool: "get_ticket", micros: "115" })),
      called(1, { tool: "refund\u001b[31m", outcome: "timeout", durationMs: 119_000, retentionDays: 0 }),
      called(1, { tool: "=cmd()", outcome: "too_large", responseBytes: 40_000_000, agentId: null }),
      called(30 * 3_600_000, { tool: "get_ticket", micros: "115" }),
    ],
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
    env: { MCPSTACK_API_URL: apiUrl, MCPSTACK_API_KEY: token, XDG_CONFIG_HOME: "/nonexistent" },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    outTaken: async () => undefined,
    stdoutIsTty: false,
    stdinIsTty: false,
    readStdin: async () => "",
    askSecret: () => Promise.reject(new Error("a command without a terminal must not ask")),
    onInterrupt: () => () => {},
    homeDirectory: "/nonexistent",
    nowMs: () => systemClock.nowMs(),
  };
  return { code: await main(argv, io), ...said };
}
const json = async <Answer>(...argv: string[]): Promise<Answer> => {
  const { code, out, err } = await run(...argv, "--json");
  expect(code, err).toBe(0);
  return JSON.parse(out) as Answer;
};

test("[ops.agents.cli-usage] `agents usage <agent> --json` tells what an agent called, spent and may still spend", async () => {
  const usage = await json<AgentUsage>("agents", "usage", "ag_support");
  expect(usage).toMatchObject({
    agentId: agent,
    agentName: "ag_support",
    by: "tool",
    totals: { calls: 6, errors: 1, runtimeErrors: 1, spentMicros: "575" },
    totalsBefore: { calls: 1, spentMicros: "115" },
    groups: [
      { key: "get_ticket", callsChange: 4, spentChangeMicros: "460" },
      { key: "refund\u001b[31m", callsChange: 1 },
    ],
  });
  expect(usage.month.capMicros).toBe("9007199254740993");
  expect(BigInt(usage.month.spentMicros) + BigInt(usage.month.remainingMicros ?? 0)).toBe(
    9_007_199_254_740_993n,
  );
  expect(usage.endUsers).toEqual([
    { endUser: "ada@example.com", spentMicros: usage.month.spentMicros, capMicros: "500" },
  ]);
  const { out } = await run("agents", "usage", agent);
  expect(out).toContain("ag_support");
  expect(out).not.toContain("\u001b");
});

test("`usage` shows the organization by any dimension, compared, narrowed, and ends clearly on bad input", async () => {
  const report = await json<UsageReport>(
    "usage",
    "--by",
    "agent",
    "--window",
    "24h",
    "--server",
    server.slug,
  );
  expect(report.totals).toMatchObject({ calls: 7, errors: 2, spentMicros: "575" });
  expect(report.groups.map(({ label, now }) => [label, now.calls])).toEqual([
    ["ag_support", 6],
    ["No agent", 1],
  ]);
  expect((await run("usage", "--compare", "none")).out).toMatch(/Tool calls +7\n/);
  for (const [argv, code] of [
    [["usage", "--window", "soon"], 2],
    [["usage", "--by", "colour"], 2],
    [["usage", "--window", "7d", "--from", "2d"], 2],
    [["usage", "--from", "5000d"], 2],
    [["usage", "--from", "1h", "--to", "2h"], 2],
    [["usage", "--server", "nothing"], 5],
    [["agents", "usage", "nobody"], 5],
  ] as const) {
    expect((await run(...argv)).code, argv.join(" ")).toBe(code);
  }
});

test("[ops.usage.quota-pressure] `usage quota` tells how near the caps of the plan are, and what they stopped", async () => {
  const { caps } = await json<QuotaReport>("usage", "quota");
  const of = (name: string) => caps.find(({ cap }) => cap === name);
  expect(of("toolCallDurationMsMax")).toMatchObject({ level: "at", peak: 119_000, stoppedCount: 1 });
  expect(of("responseBytesMax")).toMatchObject({
    level: "at",
    stoppedCount: 1,
    servers: [{ slug: server.slug, peak: 40_000_000 }],
  });
  expect(of("requestBytesMax")).toMatchObject({ level: "ok", nearCount: 0, stoppedCount: 0 });
  expect((await run("usage", "quota", "--check")).code).toBe(7);
});

test("the CSV agrees with the report to the micro, and no spreadsheet calculates by a tool's name", async () => {
  const { out, code } = await run("usage", "export", "--by", "tool,agent", "--window", "48h");
  expect(code).toBe(0);
  const [header = "", ...rows] = out.trim().split("\r\n");
  const columns = header.split(",").map((name) => name.slice(1, -1));
  const cells = rows.map((row) => row.slice(1, -1).split('","'));
  const sum = (name: string) =>
    cells.reduce((total, row) => total + BigInt(row[columns.indexOf(name)] ?? "0"), 0n);
  expect(sum("calls")).toBe(8n);
  expect(sum("spentMicros")).toBe(690n);
  expect(cells.some((row) => row[columns.indexOf("tool")] === "'=cmd()")).toBe(true);
  expect(cells.some((row) => row[columns.indexOf("spentUsd")] === "0.000575")).toBe(true);
  expect(cells.some((row) => row[columns.indexOf("agentName")] === "ag_support")).toBe(true);
  const response = await fetch(
    `${apiUrl}/api/v1/organizations/${own.tenants.acme.slug}/usage/export?by=tool&from=${new Date(
      systemClock.nowMs() - 48 * 3_600_000,
    ).toISOString()}`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  expect(response.headers.get("x-total-micros")).toBe("690");
  const ndjson = await run("usage", "export", "--format", "ndjson", "--by", "server");
  expect(JSON.parse(ndjson.out.split("\n")[0] ?? "")).toMatchObject({
    server: server.id,
    labels: { server: server.name },
    calls: 7,
    spentMicros: "575",
  });
});
