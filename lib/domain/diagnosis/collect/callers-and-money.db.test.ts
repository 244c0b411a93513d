import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  accessKeys,
  agentServers,
  agents,
  budgetSpend,
  gatewayServers,
  gateways,
  leases,
  operations,
  servers,
  serverTools,
} from "#drizzle/schema/index.ts";
import { Evidence } from "#lib/contract/index.ts";
import { pauseAgent } from "#lib/domain/agents/index.ts";
import { ask, collectEvidence } from "#lib/domain/diagnosis/index.ts";
import { updateServer, updateServerConfig } from "#lib/domain/servers/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { collected, type DiagnosisFixture, diagnosisFixture } from "#lib/testing/diagnosis-fixture.ts";
import { ledgerFixture } from "#lib/testing/ledger-fixture.ts";

const MINUTE_MS = 60_000;
const BEFORE_MS = 45 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
let own: DiagnosisFixture;

beforeAll(async () => {
  own = await diagnosisFixture();
});
afterAll(() => own.store.close());

const now = () => own.clock.nowMs();
const db = () => own.store.database.db;
const organizationId = () => own.tenants.acme.id;
const ago = (ms: number) => new Date(now() - ms);

async function agent(values: Partial<typeof agents.$inferInsert> = {}) {
  const id = own.ids.id("agt");
  await db()
    .insert(agents)
    .values({ organizationId: organizationId(), id, name: `Bot ${id}`, ...values });
  return id;
}
async function gatewayBefore(serverId: string) {
  const [id, publicId] = [own.ids.id("gw"), own.ids.uuid()];
  await db()
    .insert(gateways)
    .values({ organizationId: organizationId(), id, name: `Gate ${id}`, access: ["key"] });
  await db()
    .insert(gatewayServers)
    .values({ organizationId: organizationId(), serverId, gatewayId: id, publicId });
  return { id, publicId };
}

test("denials are told by reason with what was explained; what was allowed and our own checks are none", async () => {
  const { id } = await own.server();
  const { id: gatewayId } = await gatewayBefore(id);
  const explanation = {
    presented: { method: "oauth", aud: "https://other" },
    expected: { aud: "https://mine" },
    fix: "Ask for the right audience.",
  };
  const denied = (reason: "token_audience_mismatch" | "key_revoked", agoMs?: number) =>
    own.fact(
      id,
      {
        outcome: "auth_denied",
        kind: "invalid",
        method: null,
        tool: null,
        gatewayId,
        decision: { reason, principal: null, grantId: null, explanation },
      },
      agoMs,
    );
  await own.write([
    ...[1, 2, 3, 4].map(() => denied("token_audience_mismatch")),
    denied("token_audience_mismatch", BEFORE_MS),
    denied("key_revoked"),
    denied("key_revoked", BEFORE_MS),
    { ...denied("key_revoked"), source: "smoke" },
    own.fact(id, {
      gatewayId,
      decision: { reason: "allowed", principal: "key:key_1", grantId: null, explanation: null },
    }),
  ]);
  const decisions = collected((await own.evidence({ server: id })).gateway.decisions);
  expect(decisions).toMatchObject([
    { reason: "token_audience_mismatch", gatewayId, count: 4, countBefore: 1 },
    { reason: "key_revoked", count: 1, countBefore: 1 },
  ]);
  expect(decisions[0]?.examples).toHaveLength(3);
  expect(decisions[0]?.examples[0]).toMatchObject({ explanation, principal: null });
  expect(decisions[1]?.examples).toHaveLength(1);
});

test("what happened to the keys that open the server is told, and no other key's", async () => {
  const { id } = await own.server();
  const { id: gatewayId } = await gatewayBefore(id);
  const key = (name: string, own_: Partial<typeof accessKeys.$inferInsert>) => ({
    organizationId: organizationId(),
    id: own.ids.id("key"),
    name,
    prefix: "mcpstack_gk_abc",
    hash: own.ids.secret(32),
    createdAt: ago(90 * 24 * HOUR_MS),
    ...own_,
  });
  await db()
    .insert(accessKeys)
    .values([
      key("rotated", { gatewayId, revokedAt: ago(HOUR_MS) }),
      key("over", { serverId: id, expiresAt: ago(10 * MINUTE_MS) }),
      key("fresh", { gatewayId, createdAt: ago(5 * MINUTE_MS) }),
      key("old", { gatewayId, revokedAt: ago(48 * HOUR_MS) }),
      key("elsewhere", {
        gatewayId: (await gatewayBefore((await own.server()).id)).id,
        revokedAt: ago(MINUTE_MS),
      }),
    ]);
  const evidence = await own.evidence({ server: id });
  expect(collected(evidence.gateway.keys).map(({ name, event, ownerId }) => [name, event, ownerId])).toEqual([
    ["fresh", "created", gatewayId],
    ["over", "expired", id],
    ["rotated", "revoked", gatewayId],
  ]);
  expect(collected(evidence.hosting.urls)).toMatchObject({
    gatewayId,
    gatewayAccess: ["key"],
    gatewayUrl: expect.stringContaining("/gateway/"),
  });
});

test("changes are told by name, by whom, newest first, and never with a value", async () => {
  const { id } = await own.server();
  await updateServerConfig(own.as(), {
    server: id,
    upstreamHeaders: { authorization: "Bearer s3cret-value" },
  });
  own.clock.advance(1_000);
  await updateServer(own.as(), { server: id, upstreamUrl: "https://next.example.com/mcp" });
  await db()
    .insert(operations)
    .values({
      organizationId: organizationId(),
      id: encodeId("op", own.ids.uuid(now() - 3 * HOUR_MS)),
      serverId: id,
      kind: "restart",
      state: "succeeded",
      actor: "system:jobs",
      createdAt: ago(3 * HOUR_MS),
      finishedAt: ago(3 * HOUR_MS),
    });
  const changes = collected((await own.evidence({ server: id })).hosting.changes);
  expect(changes.map(({ action, detail }) => [action, detail]).slice(0, 2)).toEqual([
    ["server.update", "upstreamUrl"],
    ["server.updateConfig", "upstreamHeaders: authorization"],
  ]);
  expect(changes[0]?.actor).toBe("Acme owner");
  expect(changes.some(({ action }) => action === "restart")).toBe(false);
  expect(JSON.stringify(changes)).not.toMatch(/s3cret|next\.example/);
});

test("a client that never called before is new; one that did is not, however long its window", async () => {
  const { id } = await own.server();
  await own.write([
    own.fact(id, { clientName: "known" }, 26 * HOUR_MS),
    own.fact(id, { clientName: "known" }),
    own.fact(id, { clientName: "lister", method: "tools/list", tool: null }, 3 * HOUR_MS),
    own.fact(id, { clientName: "lister" }),
    own.fact(id, { clientName: "new" }),
    own.fact(id, { clientName: "new" }),
    own.fact(id, { clientName: "ours", source: "smoke" }),
  ]);
  const evidence = await own.evidence({ server: id });
  expect(collected(evidence.usage.newClients)).toMatchObject([{ client: "new", calls: 2 }]);
  expect(collected(evidence.usage.comparisons).map(({ against }) => against)).toEqual([
    "previous",
    "day",
    "week",
  ]);
});

test("a call again right after it failed is a retry; the same arguments again are a repeat, where they are recorded", async () => {
  const { id } = await own.server();
  const call = (agoMs: number, outcome: "ok" | "timeout" = "ok") => own.fact(id, { outcome }, agoMs);
  await own.write([call(50_000, "timeout"), call(48_000, "timeout"), call(46_000), call(10_000)]);
  expect(collected((await own.evidence({ server: id })).usage.repeats)).toMatchObject({
    ratio: null,
    retryRatio: 0.5,
    retryRatioBefore: null,
    calls: 4,
  });
  const said = await own.server();
  const bodies = (n: number, question: string) => ({
    request: `{"jsonrpc":"2.0","id":${n},"method":"tools/call","params":{"name":"search","arguments":{"q":"${question}"},"_meta":{"progressToken":${n}}}}`,
    response: null,
    requestBytes: 100,
    responseBytes: 0,
  });
  await own.write(
    ["a", "a", "a", "b"].map((question, n) => own.fact(said.id, { bodies: bodies(n, question) }, 60_000 - n)),
  );
  expect(collected((await own.evidence({ server: said.id })).usage.repeats)).toMatchObject({
    ratio: 0.5,
    topTool: "search",
    retryRatio: 0,
  });
});

test("money is told to those who may see it, and to nobody else", async () => {
  const books = ledgerFixture(own.store, organizationId(), own.clock);
  const bot = await books.agent({ name: "Spender" });
  await books.grant(5_000_000n);
  await books.settle([books.call(700_000n, { agentId: bot }), books.call(300_000n)]);
  const evidence = await own.evidence({});
  expect(collected(evidence.billing.balance)).toMatchObject({ availableMicros: "4000000", debtMicros: "0" });
  expect(
    collected(evidence.billing.movements).map(({ kind, agentName, nowMicros, beforeMicros }) => [
      kind,
      agentName,
      nowMicros,
      beforeMicros,
    ]),
  ).toEqual([
    ["grant", null, "5000000", "0"],
    ["usage", "Spender", "-700000", "0"],
    ["usage", null, "-300000", "0"],
  ]);
  expect(collected(evidence.billing.metering)).toEqual({ waiting: 0, oldestAt: null, isStale: false });
  expect(collected(evidence.billing.reconciliation)).toBeNull();
  expect(collected(evidence.billing.prices).length).toBeGreaterThan(0);
  const viewer = await own.evidence({}, own.as("viewer"));
  for (const section of Object.values(viewer.billing))
    expect(section).toEqual({
      status: "missing",
      reason: "not_allowed",
      message: "You may not see billing.",
    });
  expect(JSON.stringify(viewer)).not.toContain("700000");
  const stranger = await own.evidence({}, own.as("owner", "globex"));
  expect(collected(stranger.billing.movements)).toEqual([]);
  expect(Evidence.safeParse(evidence).error).toBeUndefined();
});

test("leases that no edge gave back are usage that nobody settled", async () => {
  await db()
    .insert(leases)
    .values({
      organizationId: organizationId(),
      id: own.ids.id("lse"),
      scopeKind: "organization",
      scopeId: "",
      period: "",
      node: "gone",
      epoch: "e1",
      amountMicros: 10n,
      grantedAt: ago(11 * MINUTE_MS),
      expiresAt: ago(10 * MINUTE_MS),
    });
  expect(collected((await own.evidence({})).billing.metering)).toMatchObject({ waiting: 1, isStale: true });
  await db().delete(leases);
});

test("an agent is told with its pause, its keys, its caps, what it may call and what it did", async () => {
  const { id } = await own.server();
  await db().update(servers).set({ status: "active" }).where(eq(servers.id, id));
  const bot = await agent({ monthlyCapMicros: 1_000n, sessionCapMicros: 50n });
  await db().insert(agentServers).values({ organizationId: organizationId(), agentId: bot, serverId: id });
  await db()
    .insert(serverTools)
    .values({
      organizationId: organizationId(),
      serverId: id,
      tools: [{ name: "search" }],
      toolCount: 1,
      seenAt: ago(HOUR_MS),
    });
  await db()
    .insert(accessKeys)
    .values({
      organizationId: organizationId(),
      id: own.ids.id("key"),
      agentId: bot,
      name: "main",
      prefix: "x",
      hash: own.ids.secret(32),
      revokedAt: ago(HOUR_MS),
    });
  const period = new Date(now()).toISOString().slice(0, 7);
  const spent = (scopeKind: string, scopeId: string, spentMicros: bigint) => ({
    organizationId: organizationId(),
    agentId: bot,
    scopeKind,
    scopeId,
    period,
    spentMicros,
    updatedAt: ago(0),
  });
  await db()
    .insert(budgetSpend)
    .values([
      spent("agent", bot, 400n),
      spent("session", `${bot}\nchat-1`, 60n),
      spent("user", `${bot}\nann`, 9n),
    ]);
  await own.write([
    own.fact(id, { agentId: bot, source: "agent" }),
    own.fact(id, { agentId: bot, source: "agent", tool: "gone", outcome: "protocol_error" }),
    own.fact(id, { agentId: bot, source: "agent", method: "tools/list", tool: null }, 5 * HOUR_MS),
    own.fact(id, {}, 1_000),
  ]);
  await pauseAgent(own.as(), { agent: bot, note: "looks odd" });
  const { budget } = await own.evidence({ server: id, agent: bot });
  expect(collected(budget.agent)).toMatchObject({
    status: "paused",
    pause: { reason: "by_hand", note: "looks odd", by: "Acme owner" },
    isAttached: true,
    keys: [{ name: "main", state: "revoked" }],
  });
  expect(collected(budget.layers)).toMatchObject([
    { limitSource: "agent_budget", scopeId: bot, capMicros: "1000", remainingMicros: "600" },
    { limitSource: "session_budget", scopeId: "chat-1", spentMicros: "60", remainingMicros: "0" },
  ]);
  expect(collected(budget.tools)).toMatchObject([
    { tool: "search", isAllowed: false, reason: "agent_paused" },
  ]);
  expect(collected(budget.calls)).toMatchObject({
    lists: 0,
    calls: 2,
    callsOk: 1,
    lastListAt: ago(5 * HOUR_MS).toISOString(),
    unknownTools: ["gone"],
  });
});

test("of a deleted server what is stored is told, and what only a living one can tell does not apply", async () => {
  const { id, slug } = await own.server();
  await own.write([own.fact(id)]);
  await db()
    .update(servers)
    .set({ deletedAt: ago(MINUTE_MS) })
    .where(eq(servers.id, id));
  const evidence = await own.evidence({ server: slug, probe: true });
  expect(evidence.subject.server).toMatchObject({ id, isDeleted: true });
  expect(collected(evidence.logs.counts).now.calls).toBe(1);
  for (const section of [
    ...Object.values(evidence.smoke).slice(0, 2),
    evidence.hosting.regions,
    evidence.hosting.check,
  ])
    expect(section).toMatchObject({ status: "missing", reason: "not_applicable" });
});

test("with a stranger's ids in hand nothing of another organization is read", async () => {
  const { id } = await own.server();
  await own.write([own.fact(id)]);
  const mine = await own.evidence({ server: id });
  const question = await ask(own.as(), { server: id, probe: false });
  const theirs = await collectEvidence(own.as("owner", "globex"), question);
  expect(collected(mine.logs.counts).now.calls).toBe(1);
  expect(collected(theirs.logs.counts).now.calls).toBe(0);
  expect(collected(theirs.logs.upstream)).toEqual([]);
  expect(collected(theirs.gateway.reach)).toEqual([]);
});
