import { afterAll, beforeAll, expect, test } from "vitest";
import type { GatewayLogPage, Server } from "#lib/contract/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { fakeClock } from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { type RequestFact, writeRequestFacts } from "../requests/index.ts";
import { updateServer } from "../servers/index.ts";
import { createGateway, createGatewayKey, listGatewayLogs, listGateways } from "./index.ts";

const DAY_MS = 24 * 3_600_000;
const clock = fakeClock(Date.parse("2026-03-10T12:34:56.789Z"));
const ids = createIdSource(() => clock.nowMs());
let own: GatewayFixture;
let gateway: string;
let keyId: string;
let support: Server;
let billing: Server;

beforeAll(async () => {
  own = await gatewayFixture({ clock });
  const admin = own.as("admin");
  gateway = (await createGateway(admin, { name: "Support", access: ["key"] })).id;
  keyId = (await createGatewayKey(admin, { gateway, name: "Partner bot" })).id;
  support = await own.server();
  billing = await own.server();
  await writeRequestFacts(own.store.database, {
    region: "eu-1",
    node: "node-1",
    facts: [
      ...Array.from({ length: 30 }, (_, n) => fact(support, -60_000 * (n + 1), {})),
      ...Array.from({ length: 5 }, (_, n) =>
        fact(billing, -60_000 * n - 30_000, denial("grant_missing_for_tool")),
      ),
      fact(billing, -3_600_000, denial("key_revoked")),
      fact(support, -8 * DAY_MS, {}),
      fact(support, -10_000, { gatewayId: null }),
      fact(support, -10_000, { gatewayId: "gw_other" }),
      fact(support, -10_000, { organizationId: own.tenants.globex.id, gatewayId: "gw_globex" }),
      fact(billing, -20_000, { kind: "probe", decision: null }),
    ],
  });
});
afterAll(() => own.store.close());

const denial = (reason: "grant_missing_for_tool" | "key_revoked"): Partial<RequestFact> => ({
  outcome: reason === "key_revoked" ? "auth_denied" : "grant_denied",
  tool: "refund_ticket",
  decision: {
    reason,
    principal: `key:${keyId}`,
    grantId: null,
    explanation: { presented: { method: "key" }, expected: { tools: ["get_*"] }, fix: "Add a grant." },
  },
});

function fact(server: Server, ageMs: number, over: Partial<RequestFact>): RequestFact {
  const id = ids.uuid(clock.nowMs() + ageMs);
  return requestFact({
    id,
    organizationId: own.tenants.acme.id,
    serverId: server.id,
    tool: "get_ticket",
    clientName: "test",
    clientVersion: "1.0.0",
    gatewayId: gateway,
    decision: { reason: "allowed", principal: `key:${keyId}`, grantId: "grt_1", explanation: null },
    ...over,
  });
}

const logs = (over: object = {}): Promise<GatewayLogPage> =>
  listGatewayLogs(own.as("viewer"), { gateway: "support", ...over });

test("shows the gateway's rows only, newest first, with server, caller and decision [ops.gateways.rest-logs]", async () => {
  const page = await logs({ page: 1, pageSize: 50 });
  expect(page).toMatchObject({ total: 37, totalIsCapped: false, page: 1, pageSize: 50, nextCursor: null });
  expect(page.data).toHaveLength(37);
  expect(new Set(page.data.map((row) => row.gatewayId))).toEqual(new Set([gateway]));
  const times = page.data.map((row) => row.timestamp);
  expect(times).toEqual([...times].sort().reverse());
  expect(page.data.find((row) => row.serverId === billing.id && row.decision !== null)).toMatchObject({
    serverSlug: billing.slug,
    serverName: billing.name,
    tool: "refund_ticket",
    decision: {
      allowed: false,
      reason: "grant_missing_for_tool",
      principal: `key:${keyId}`,
      principalName: "Partner bot",
      explanation: { fix: "Add a grant." },
    },
  });
});

test.each([
  [{ decision: "denied" }, 6],
  [{ decision: "allowed" }, 30],
  [{ decision: "key_revoked" }, 1],
  [{ decision: "no_such_reason" }, 0],
  [{ outcome: "grant_denied,auth_denied" }, 6],
  [{ level: "warn,error" }, 6],
  [{ tool: "refund_ticket" }, 6],
  [{ method: "tools/call" }, 37],
  [{ principal: "anonymous" }, 0],
  [{ from: "2026-03-10T12:29:00.000Z" }, 5 + 5 + 1],
  [{ to: "2026-03-10T12:00:00.000Z" }, 1],
])("filtered by %j it holds %i rows", async (filter, total) => {
  const page = await logs(filter);
  expect(page.total).toBe(total);
  expect(page.data).toHaveLength(total);
});

test("filtered by server and caller", async () => {
  expect((await logs({ server: support.slug })).total).toBe(30);
  expect((await logs({ server: billing.id, principal: `key:${keyId}` })).total).toBe(6);
  await expect(logs({ server: "no-such" })).rejects.toMatchObject({ code: "not_found" });
});

test("pages and cursors both walk all rows once; what came later does not move them", async () => {
  const all = (await logs({ pageSize: 50 })).data.map((row) => row.id);
  const { asOf } = await logs({ pageSize: 10 });
  const paged: string[] = [];
  for (const page of [1, 2, 3, 4]) {
    paged.push(...(await logs({ page, pageSize: 10, asOf })).data.map((row) => row.id));
  }
  expect(paged).toEqual(all);
  const walked: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: GatewayLogPage = await logs({ pageSize: 7, ...(cursor ? { cursor } : {}) });
    walked.push(...page.data.map((row) => row.id));
    cursor = page.nextCursor;
  }
  expect(walked).toEqual(all);
  expect((await logs({ page: 5, pageSize: 10 })).data).toEqual([]);
});

test("bad cursors and pages that no walk may reach are refused", async () => {
  await expect(logs({ cursor: "nonsense" })).rejects.toMatchObject({ errors: [{ path: "cursor" }] });
  await expect(logs({ page: 1_000_000 })).rejects.toMatchObject({ errors: [{ code: "too_deep" }] });
  await expect(logs({ pageSize: 201 })).rejects.toMatchObject({ code: "invalid_input" });
});

test("denials are found by an index of their own, however many calls were allowed", async () => {
  const { sql } = own.store.database;
  const plan = await sql.begin(async (tx) => {
    await tx`set local enable_seqscan = off`;
    return tx<{ "QUERY PLAN": string }[]>`
      explain select id from request_log
      where gateway_id = ${gateway} and id >= '00000000-0000-0000-0000-000000000000'
        and decision <> 'allowed'
      order by id desc limit 51`;
  });
  expect(JSON.stringify(plan)).toMatch(/gateway_id_id_idx|request_log_gateway_denied/);
});

test("each server's retention counts, also where others keep more", async () => {
  await updateServer(own.as("developer"), { server: support.id, retentionDays: 30 });
  expect((await logs()).total).toBe(38);
  await updateServer(own.as("developer"), { server: billing.id, retentionDays: 0 });
  const page = await logs();
  expect(page.total).toBe(31);
  expect(new Set(page.data.map((row) => row.serverId))).toEqual(new Set([support.id]));
  await updateServer(own.as("developer"), { server: billing.id, retentionDays: 7 });
  await updateServer(own.as("developer"), { server: support.id, retentionDays: 7 });
});

test("the list counts the calls and denials of the last day, written with the rows", async () => {
  const [listed] = await listGateways(own.as("viewer"), {});
  expect(listed).toMatchObject({ id: gateway, calls24h: 36, denied24h: 6 });
});

test("a stranger sees no row and no gateway", async () => {
  await expect(listGatewayLogs(own.stranger(), { gateway })).rejects.toMatchObject({ code: "not_found" });
  const same = await createGateway(own.stranger(), { name: "Support", access: ["key"] });
  expect((await listGatewayLogs(own.stranger(), { gateway: "support" })).total).toBe(0);
  expect((await listGatewayLogs(own.stranger(), { gateway: same.id })).data).toEqual([]);
  await expect(
    listGatewayLogs(own.stranger(), { gateway: same.id, server: support.slug }),
  ).rejects.toMatchObject({ code: "not_found" });
});
