import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { accessKeys, agentServers, agents, organizations } from "#drizzle/schema/index.ts";
import { addCredits, reconcile, returnDeadLeases } from "#lib/domain/ledger/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type EdgeSite, type FrontedServer, openEdgeSite, type TestEdge } from "#lib/testing/edge-site.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  type AnsweringUpstream,
  rawRequest,
  startAnsweringUpstream,
  toolCall,
} from "#lib/testing/mcp/index.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";

const ids = createIdSource();
const AGENT = "agt_robot";
const SECRET = `mcpstack_gk_${"r".repeat(43)}`;
const CREDITS = 50_000_000n;
const CAP = 2_000_000n;

let store: TestDatabase;
let site: EdgeSite;
let upstream: AnsweringUpstream;
let server: FrontedServer;
beforeEach(async () => {
  [store, upstream] = await Promise.all([testDatabase(), startAnsweringUpstream()]);
  site = await openEdgeSite({ databaseUrl: store.url });
  server = await site.front("orders", upstream.url);
  const { id: organizationId } = site.organization;
  const { db } = store.database;
  await db.update(organizations).set({ plan: "metered" });
  await db.insert(agents).values({
    organizationId,
    id: AGENT,
    name: "Robot",
    monthlyCapMicros: CAP,
    loopCallsPerMinuteMax: null,
  });
  const [row] = await store.database.sql<{ id: string }[]>`select id from servers`;
  await db.insert(agentServers).values({ organizationId, agentId: AGENT, serverId: row?.id ?? "" });
  await db.insert(accessKeys).values({
    organizationId,
    id: "key_robot",
    agentId: AGENT,
    name: "robot",
    prefix: SECRET.slice(0, 16),
    hash: createHash("sha256").update(SECRET).digest("hex"),
  });
  await db.transaction((tx) =>
    addCredits(
      tx,
      {
        organizationId,
        kind: "manual",
        amountMicros: CREDITS,
        priority: 100,
        expiresAtMs: null,
        paymentId: null,
        reason: "for tests",
        actor: "test",
        idemKey: "credits",
      },
      { nowMs: Date.now(), newId: () => ids.uuid() },
    ),
  );
});
afterEach(async () => {
  await site.close();
  await upstream.close();
  await store.close();
});

/** Calls until the edge is gone, or `isOver`. Answers how many calls were answered. */
async function load(edge: TestEdge, isOver: () => boolean): Promise<number> {
  let answered = 0;
  await Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      for (let id = 1; !isOver(); id++) {
        const answer = await rawRequest(`${edge.url}${server.path}`, {
          headers: { authorization: `Bearer ${SECRET}` },
          body: toolCall(client * 1_000_000 + id),
        }).catch(() => null);
        if (answer === null) return;
        if (answer.text.includes('"done"')) answered++;
      }
    }),
  );
  return answered;
}

async function totals() {
  const [row] = await store.database.sql<Record<string, string>[]>`
    select (select count(*) from usage_events) as events,
      (select coalesce(sum(amount_micros), 0) from usage_events) as billed,
      (select count(*) from request_log where billing = 'billed') as rows,
      (select coalesce(sum(amount_micros), 0) from request_log) as logged,
      (select coalesce(sum(spent_micros), 0) from budget_spend where scope_kind = 'agent') as spent,
      (select coalesce(sum(leased_micros), 0) from budget_spend) as leased,
      (select balance_micros from ledger_accounts where kind = 'consumed') as consumed,
      (select balance_micros from ledger_accounts where kind = 'available') as available,
      (select balance_micros from ledger_accounts where kind = 'held') as held`;
  return row ?? {};
}

it("an edge that is killed under load bills nothing twice, and what its leases held is back after the grace", async () => {
  const first = await site.startEdge({ node: "edge-1" });
  const loading = load(first, () => false);
  await eventually(async () => expect(Number((await totals()).events)).toBeGreaterThan(20));
  process.kill(first.pid, "SIGKILL");
  let answered = await loading;

  // The same node starts again: it takes over what the first one had on its disk, and leases anew.
  const second = await site.startEdge({ node: "edge-1" });
  let isOver = false;
  const again = load(second, () => isOver);
  const before = Number((await totals()).events);
  await eventually(async () => expect(Number((await totals()).events)).toBeGreaterThan(before + 20));
  isOver = true;
  answered += await again;
  await second.stop();

  const settled = await totals();
  expect(settled.rows).toBe(settled.events);
  expect([settled.logged, settled.spent, settled.consumed]).toEqual([
    settled.billed,
    settled.billed,
    settled.billed,
  ]);
  // A call that was answered at the moment of death may be unknown; none is billed that was not made.
  expect(Number(settled.events)).toBeLessThanOrEqual(answered + 8);
  expect(Number(settled.held)).toBeGreaterThan(0);

  const afterGraceMs =
    limits.mcp.toolCallDurationMsMax + limits.money.leaseSettleGraceMs + limits.money.leaseMs;
  await returnDeadLeases(store.database, Date.now() + afterGraceMs, ids);
  const ended = await totals();
  expect(ended).toMatchObject({
    held: "0",
    leased: "0",
    available: String(CREDITS - BigInt(ended.billed ?? "0")),
  });
  const { status } = await reconcile(store.database, site.organization.id, Date.now(), { isFull: true });
  expect(status).toBe("balanced");
});
