import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccessKey, DoctorReport, GatewayListItem, GatewayLogPage, Grant } from "#lib/contract/index.ts";
import { attachServer, createGateway, createGrant } from "#lib/domain/gateways/index.ts";
import { type RequestFact, writeRequestFacts } from "#lib/domain/requests/index.ts";
import { createDispatcher } from "#lib/http/dispatch.ts";
import { routes } from "#lib/http/routes/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { bearer, testAuthSystem } from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import type { CliIo } from "./cli-io.ts";
import { main } from "./main.ts";

/** The real REST API over a real database; public URLs answer as the test says. */
let own: GatewayFixture;
let api: http.Server;
let apiUrl: string;
let token: string;
let gateway: string;
let slug: string;
let publicStatus = 401;
const ids = createIdSource();

beforeAll(async () => {
  own = await gatewayFixture({
    clock: systemClock,
    doors: {
      gatewayUrl: (publicId) => `http://127.0.0.1:3000/gateway/${publicId}/mcp`,
      publicFetch: async () => new Response(null, { status: publicStatus }),
    },
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
  apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const scopes = ["gateways:read", "gateways:write", "logs:read", "checks:run", "organization:read"] as const;
  token = (await bearer(own.system, own.tenants.acme, scopes)).authorization?.slice("Bearer ".length) ?? "";
  await makeGateway();
});
afterAll(async () => {
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  await own.store.close();
});

async function makeGateway(): Promise<void> {
  const admin = own.as("admin");
  gateway = (await createGateway(admin, { name: "gw_support", access: ["key"] })).id;
  const server = await own.server(admin, ["get_ticket"]);
  slug = server.slug;
  await own.store.database.sql`update servers set status = 'active' where id = ${server.id}`;
  await attachServer(admin, { server: server.id, gatewayId: gateway, publicId: "support-desk" });
  await createGrant(admin, { gateway, subject: { kind: "everyone" }, server: slug, tools: ["gte_*"] });
  await writeRequestFacts(own.store.database, {
    region: "eu-1",
    node: "node-1",
    facts: [
      factOf(server.id, "get_ticket", "allowed", 60_000),
      factOf(server.id, "refund\u001b[31m_ticket", "grant_missing_for_tool", 30_000),
      factOf(server.id, "get_ticket", "key_revoked", 2 * 3_600_000),
    ],
  });
}

function factOf(
  serverId: string,
  tool: string,
  reason: "allowed" | "grant_missing_for_tool" | "key_revoked",
  ageMs: number,
): RequestFact {
  const id = ids.uuid(systemClock.nowMs() - ageMs);
  return requestFact({
    id,
    organizationId: own.tenants.acme.id,
    serverId,
    outcome: reason === "allowed" ? "ok" : "grant_denied",
    tool,
    gatewayId: gateway,
    durationMs: 1,
    requestBytes: 1,
    responseBytes: 1,
    decision: { reason, principal: "anonymous", grantId: null, explanation: null },
  });
}

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
    readStdin: async () => "mcpstack_gk_from_stdin\n",
    askSecret: () => Promise.reject(new Error("a command without a terminal must not ask")),
    onInterrupt: () => () => {},
    homeDirectory: "/nonexistent",
    nowMs: () => systemClock.nowMs(),
  };
  return { code: await main(argv, io), ...said };
}
const json = <Value>(text: string): Value => JSON.parse(text) as Value;

test("gateways logs reads a gateway by name or id, with who, what, why and the request id [ops.gateways.cli-logs]", async () => {
  const { code, out, err } = await run("gateways", "logs", "gw_support");
  expect(code).toBe(0);
  const [heading, ...lines] = out.trim().split("\n");
  expect(heading?.split(/\s{2,}/)).toEqual([
    "TIME",
    "SERVER",
    "PRINCIPAL",
    "METHOD",
    "TOOL",
    "DECISION",
    "REASON",
    "REQUEST",
  ]);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    new RegExp(`${slug}\\s+anonymous\\s+tools/call\\s+refund.*denied\\s+grant_missing_for_tool\\s+req_`),
  );
  expect(out).not.toContain("\u001b");
  expect(err).toBe("Page 1 of 3 requests.\n");
  const byId = await run("gateways", "logs", gateway, "--json");
  expect(json<GatewayLogPage>(byId.out)).toMatchObject({ total: 3, page: 1, pageSize: 50 });
  expect((await run("gateways", "logs", gateway, "-o", "yaml")).out).toContain(
    'reason: "grant_missing_for_tool"',
  );
});

test.each([
  [["--denied"], 2],
  [["--denied", "--since", "1h"], 1],
  [["--since", "45s"], 1],
  [["--reason", "key_revoked"], 1],
  [["--reason", "allowed"], 1],
  [["--tool", "get_ticket", "--limit", "1"], 2],
  [["--principal", "nobody"], 0],
])("gateways logs %j finds %i", async (options, total) => {
  const { code, out } = await run("gateways", "logs", "GW_Support", "--json", ...options);
  expect(code).toBe(0);
  expect(json<GatewayLogPage>(out).total).toBe(total);
});

test("gateways logs refuses what it cannot mean", async () => {
  expect(await run("gateways", "logs", gateway, "--since", "yesterday")).toMatchObject({ code: 2 });
  expect(await run("gateways", "logs", gateway, "--denied", "--reason", "x")).toMatchObject({ code: 2 });
  expect(await run("gateways", "logs", gateway, "--server", "no-such")).toMatchObject({ code: 5 });
  expect(await run("gateways", "logs", "no-such")).toMatchObject({ code: 5 });
  expect(await run("gateways", "logs", gateway, "--page", "0")).toMatchObject({ code: 2 });
  expect((await run("gateways", "logs", gateway, "--principal", "nobody")).out).toContain(
    "No request matches.",
  );
});

test("gateways list and get show what there is", async () => {
  const listed = await run("gateways", "list", "--json");
  expect(json<GatewayListItem[]>(listed.out)).toMatchObject([
    { id: gateway, name: "gw_support", calls24h: 3, denied24h: 2 },
  ]);
  expect((await run("gateways", "list")).out).toMatch(/gw_support\s+key\s+1\s+2\s+0\s+3\s+2/);
  const got = await run("gateways", "get", "gw_support");
  expect(got.out).toContain("http://127.0.0.1:3000/gateway/support-desk/mcp");
  expect(await run("gateways", "get", "no-such")).toMatchObject({ code: 5 });
});

test("gateways grants list points at patterns that match nothing", async () => {
  const { out } = await run("gateways", "grants", "list", gateway, "--json");
  expect(json<Grant[]>(out).map((grant) => grant.unmatchedPatterns)).toEqual([[], ["gte_*"]]);
  expect((await run("gateways", "grants", "list", gateway)).out).toMatch(
    /Everyone\s+everyone\s+server-1\s+gte_\*/,
  );
});

test("a key is made with its secret on standard output alone, listed without it, and revoked", async () => {
  const made = await run("gateways", "keys", "create", "gw_support", "--name", "CI");
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^mcpstack_gk_[\w-]{43}\n$/) });
  expect(made.err).not.toContain(made.out.trim());
  const [key] = json<AccessKey[]>((await run("gateways", "keys", "list", gateway, "--json")).out);
  expect(key).toMatchObject({ name: "CI", revokedAt: null });
  expect(JSON.stringify(key)).not.toContain(made.out.trim());
  const id = key?.id ?? "";
  expect(await run("gateways", "keys", "revoke", gateway, id)).toMatchObject({
    code: 0,
    out: `Revoked ${id}.\n`,
  });
  expect(await run("gateways", "keys", "revoke", gateway, id)).toMatchObject({ code: 5 });
  expect(await run("gateways", "keys", "create", gateway)).toMatchObject({ code: 2 });
  expect(
    await run("gateways", "keys", "create", gateway, "--name", "Old", "--expires", "2001-01-01T00:00:00Z"),
  ).toMatchObject({ code: 2 });
  expect(
    await run("gateways", "keys", "create", gateway, "--name", "Old", "--expires", "tomorrow"),
  ).toMatchObject({ code: 2 });
});

test("gateways doctor exits 0 when clients get in and 3 when something stands in their way, with the fix", async () => {
  publicStatus = 401;
  const fine = await run("gateways", "doctor", "gw_support", "--json");
  expect(fine.code).toBe(0);
  expect(json<DoctorReport>(fine.out)).toMatchObject({ gateway, status: "passed" });
  expect(fine.err).toContain("Warning: HTTPS");
  publicStatus = 502;
  const broken = await run("gateways", "doctor", "gw_support");
  expect(broken.code).toBe(3);
  expect(broken.out).toMatch(/fail\s+Challenge/);
  expect(broken.err).toMatch(/Failed: Challenge: .*HTTP 502.*\n {2}→ \S/);
  const inside = await run("gateways", "doctor", "gw_support", "--credential", "-", "--json");
  expect(inside.code).toBe(3);
  expect(inside.out + inside.err).not.toContain("mcpstack_gk_from_stdin");
});
