import http from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { budgetSpend, idempotencyKeys } from "#drizzle/schema/index.ts";
import type {
  Agent,
  AgentBudget,
  AgentListItem,
  CreatedAccessKey,
  EffectiveTool,
} from "#lib/contract/index.ts";
import { createDispatcher } from "#lib/http/dispatch.ts";
import { routes } from "#lib/http/routes/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { bearer, testAuthSystem } from "#lib/testing/index.ts";
import type { CliIo } from "./cli-io.ts";
import { main } from "./main.ts";

/** The real REST API over a real database. */
let own: GatewayFixture;
let api: http.Server;
let apiUrl: string;
let token: string;
let slug: string;

beforeAll(async () => {
  own = await gatewayFixture({ clock: systemClock });
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
  apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const scopes = ["agents:read", "agents:write", "budgets:write", "organization:read"] as const;
  token = (await bearer(own.system, own.tenants.acme, scopes)).authorization?.slice("Bearer ".length) ?? "";
  const server = await own.server(own.as("admin"), ["get_ticket", "refund\u001b[31m"]);
  slug = server.slug;
  await own.store.database.sql`update servers set status = 'active' where id = ${server.id}`;
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

test("an agent is made, listed, shown, paused and resumed from the terminal", async () => {
  const made = await json<Agent>("agents", "create", "ag_support", "--description", "Answers customers");
  expect(made).toMatchObject({ name: "ag_support", status: "active" });
  expect(await json<AgentListItem[]>("agents", "list")).toMatchObject([{ id: made.id, calls24h: 0 }]);
  expect((await run("agents", "list")).out).toMatch(/^ID +NAME +STATUS.*\nagt_\w+ +ag_support +active /);
  expect((await run("agents", "attach", "ag_support", slug)).out).toContain(`/mcp/${slug}`);
  const shown = await run("agents", "get", "AG_support");
  expect(shown.out).toContain("Answers customers");
  expect(shown.out).toContain(slug);
  expect(await json<Agent>("agents", "pause", "ag_support", "--note", "Spends too much")).toMatchObject({
    status: "paused",
    pause: { note: "Spends too much" },
  });
  expect(await json<Agent>("agents", "resume", "ag_support")).toMatchObject({ status: "active" });
  expect(await run("agents", "create", "AG_SUPPORT")).toMatchObject({ code: 6 });
  expect(await run("agents", "get", "nobody")).toMatchObject({ code: 5 });
});

test("what an agent may call is listed with the reason, without what would change the terminal", async () => {
  const tools = await json<EffectiveTool[]>("agents", "tools", "ag_support");
  expect(tools).toMatchObject([
    { tool: "get_ticket", isAllowed: true },
    { tool: "refund\u001b[31m", isAllowed: true },
  ]);
  const { out } = await run("agents", "tools", "ag_support");
  expect(out).toContain("get_ticket");
  expect(out).not.toContain("\u001b");
  await run("agents", "detach", "ag_support", slug);
  expect((await run("agents", "tools", "ag_support", "--missing")).out).toMatch(
    /all tools +no +not_attached/,
  );
});

test("a key's secret is all that is printed, and rotating makes another", async () => {
  const { code, out, err } = await run("agents", "keys", "create", "ag_support", "--name", "CI");
  expect([code, out]).toEqual([0, expect.stringMatching(/^mcpstack_gk_[\w-]{43}\n$/)]);
  expect(err).toContain("not shown again");
  const [key] = await json<CreatedAccessKey[]>("agents", "keys", "list", "ag_support");
  const rotated = await json<CreatedAccessKey>(
    "agents",
    "keys",
    "rotate",
    "ag_support",
    key?.id ?? "",
    "--overlap",
    "0",
  );
  expect(rotated).toMatchObject({ name: "CI" });
  expect(await run("agents", "keys", "revoke", "ag_support", rotated.id)).toMatchObject({ code: 0 });
  expect(await run("agents", "keys", "revoke", "ag_support", rotated.id)).toMatchObject({ code: 5 });
  expect(await run("agents", "keys", "rotate", "ag_support", rotated.id, "--overlap", "soon")).toMatchObject({
    code: 2,
  });
  expect(await run("agents", "keys", "create", "ag_support")).toMatchObject({ code: 2 });
});

test("caps are given in USD and kept to the micro; a budget that is used up can end a script with 7", async () => {
  const budget = (...argv: string[]) => json<AgentBudget>("agents", "budget", "ag_support", ...argv);
  expect(await budget()).toMatchObject({ monthlyCapMicros: null, spentMicros: "0" });
  expect(await budget("--cap", "9,007,199,254.740993", "--user-cap", "0.5")).toMatchObject({
    monthlyCapMicros: "9007199254740993",
    defaultUserCapMicros: "500000",
  });
  await budget("--user", "ada", "--user-cap", "1");
  expect((await budget("--user", "bob", "--user-cap", "0.000001")).userCaps).toEqual([
    { endUser: "ada", capMicros: "1000000" },
    { endUser: "bob", capMicros: "1" },
  ]);
  const changed = await budget("--user", "ada", "--user-cap", "none");
  expect(changed.userCaps).toEqual([{ endUser: "bob", capMicros: "1" }]);
  expect((await run("agents", "budget", "ag_support")).out).toContain("9,007,199,254.740993");
  expect(await run("agents", "budget", "ag_support", "--check")).toMatchObject({ code: 0 });
  await own.store.database.db.insert(budgetSpend).values({
    organizationId: own.tenants.acme.id,
    scopeKind: "agent",
    scopeId: changed.agentId,
    agentId: changed.agentId,
    period: changed.period.start.slice(0, 7),
    spentMicros: 25_000_000n,
    updatedAt: new Date(),
  });
  expect(await budget("--cap", "20", "--user-cap", "none")).toMatchObject({ remainingMicros: "0" });
  expect(await run("agents", "budget", "ag_support", "--check")).toMatchObject({ code: 7 });
  expect((await budget("--cap", "none", "--pause")).status).toBe("paused");
  expect(await run("agents", "budget", "ag_support", "--check")).toMatchObject({ code: 7 });
  expect((await budget("--resume")).status).toBe("active");
});

test.each([
  [["--cap", "much"]],
  [["--cap", "-1"]],
  [["--cap", "0.0000001"]],
  [["--session-cap", "NaN"]],
  [["--user", "ada"]],
  [["--pause", "--resume"]],
])("agents budget %j is refused before anything is sent", async (flags) => {
  expect(await run("agents", "budget", "ag_support", ...flags)).toMatchObject({ code: 2, out: "" });
});

test("every POST has a key of its own, so that one that is sent again does nothing twice", async () => {
  const keys = await own.store.database.db
    .select()
    .from(idempotencyKeys)
    .where(eq(idempotencyKeys.verb, "agent.pause"));
  expect(keys.length).toBeGreaterThan(1);
  expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
});
