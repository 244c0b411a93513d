import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agents } from "#drizzle/schema/index.ts";
import { createMeter, type Meter } from "#lib/data-plane/metering/index.ts";
import { addCredits, createLeaseStore } from "#lib/domain/ledger/index.ts";
import { writeRequestFacts } from "#lib/domain/requests/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  type AnsweringUpstream,
  agentEntry,
  rawRequest,
  serverEntry,
  startAnsweringUpstream,
  startModernServer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
  testKey,
  toolCall,
} from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { createTenants } from "#lib/testing/tenants.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";

/** What one call costs, whatever it does. */
const PRICE = 10n;
const CALLS = 150;
const CLIENTS = 32;
const CREDITS = 1_000_000n;
const ids = createIdSource();

let store: TestDatabase;
let organizationId: string;
let upstream: AnsweringUpstream;
let real: TestMcpServer;
const edges: TestGateway[] = [];
const meters: Meter[] = [];
const key = testKey("robot", { agentId: "agt_a" });

beforeAll(async () => {
  [upstream, real] = await Promise.all([startAnsweringUpstream(), startModernServer()]);
});
afterAll(async () => {
  await Promise.all([upstream.close(), real.close()]);
});
beforeEach(async () => {
  store = await testDatabase();
  organizationId = (await createTenants(store.database)).acme.id;
  await store.database.db.transaction((db) =>
    addCredits(
      db,
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
  await Promise.all(edges.splice(0).map((edge) => edge.close()));
  meters.length = 0;
  await store.close();
});

/** Two edges over one ledger, and an agent whose month pays for so many calls. */
async function start(monthlyCapMicros: bigint): Promise<void> {
  await store.database.db
    .insert(agents)
    .values({ organizationId, id: "agt_a", name: "Robot", monthlyCapMicros });
  const plan = {
    priceVersion: "metered@1",
    prices: { perCallMicros: PRICE, per100MsMicros: 0n, per64KibMicros: 0n },
    isPriced: true,
  };
  const entry = (slug: string, upstreamUrl: string) =>
    serverEntry(slug, { organizationId, kind: "connected", version: null, upstreamUrl, plan });
  for (const node of ["edge-1", "edge-2"]) {
    edges.push(
      await startTestGateway({
        node,
        entries: [entry("orders", upstream.url), entry("real", real.url)],
        agents: [
          agentEntry("agt_a", ["srv_orders", "srv_real"], { organizationId, budget: { monthlyCapMicros } }),
        ],
        keys: [{ ...key, entry: { ...key.entry, organizationId } }],
        meter: (directory) => {
          const meter = createMeter({
            store: createLeaseStore(store.database, { clock: systemClock, ids }),
            directory,
            clock: systemClock,
            log: recordingLog(),
            node,
            epoch: ids.uuid(),
            liveNodes: () => 2,
            onLoop: () => undefined,
          });
          meters.push(meter);
          return meter;
        },
      }),
    );
  }
}

interface Answer {
  result: {
    isError?: boolean;
    structuredContent?: { code: string; limitSource: string; retryable: boolean };
  };
}
const callOn = async (edge: TestGateway | undefined, id: number): Promise<Answer> => {
  const answer = await rawRequest(edge?.mcp("orders") ?? "", {
    headers: { authorization: `Bearer ${key.secret}` },
    body: toolCall(id),
  });
  return answer.json<Answer>();
};

/** Every client calls until it is told to stop. Answers how many calls ran, how many were denied, and why clients stopped. */
async function exhaust(): Promise<{ ran: number; denied: number; codes: Set<string | undefined> }> {
  let ran = 0;
  let denied = 0;
  const codes = new Set<string | undefined>();
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let id = 1; ; id++) {
        const { result } = await callOn(edges[client % 2], id);
        if (result.isError !== true) {
          ran++;
          continue;
        }
        denied++;
        // On a busy machine the ledger may answer late, and calls that run hold what is left.
        if (result.structuredContent?.retryable === true) continue;
        codes.add(result.structuredContent?.code);
        return;
      }
    }),
  );
  return { ran, denied, codes };
}

/** Stores what both edges observed, as they do. */
async function settle(): Promise<void> {
  for (const [index, edge] of edges.entries()) {
    const facts = edge.facts.filter(({ method }) => method === "tools/call");
    await writeRequestFacts(store.database, { facts, region: "test", node: `edge-${index + 1}` });
  }
}

async function books() {
  const [row] = await store.database.sql<Record<string, string>[]>`
    select (select count(*) from usage_events) as events,
      (select coalesce(sum(amount_micros), 0) from usage_events) as billed,
      (select coalesce(sum(amount_micros), 0) from request_log) as logged,
      (select coalesce(sum(spent_micros), 0) from budget_spend where scope_kind = 'agent') as spent,
      (select coalesce(sum(leased_micros), 0) from budget_spend) as leased,
      (select balance_micros from ledger_accounts where organization_id = ${organizationId} and kind = 'held') as held,
      (select balance_micros from ledger_accounts where organization_id = ${organizationId} and kind = 'available') as available`;
  return row;
}

describe("a budget of so many calls", () => {
  it("lets exactly so many run, of 32 clients on two edges at once, and every micro is where it belongs", async () => {
    await start(PRICE * BigInt(CALLS));
    const { ran, denied, codes } = await exhaust();
    expect(ran).toBe(CALLS);
    expect([...codes]).toEqual(["budget_exceeded"]);
    expect(meters.reduce((sum, meter) => sum + meter.stats().heldMicros, 0n)).toBe(0n);
    await settle();
    await Promise.all(edges.map((edge) => edge.close()));
    const spent = String(PRICE * BigInt(CALLS));
    expect(await books()).toEqual({
      events: String(CALLS),
      billed: spent,
      logged: spent,
      spent,
      leased: "0",
      held: "0",
      available: String(CREDITS - PRICE * BigInt(CALLS)),
    });
    const verdicts = edges.flatMap(({ facts }) =>
      facts.map(({ outcome, billing }) => `${outcome} ${billing?.verdict}`),
    );
    expect(Map.groupBy(verdicts, (verdict) => verdict).get("ok billed")).toHaveLength(CALLS);
    expect(Map.groupBy(verdicts, (verdict) => verdict).get("budget_denied zero_rated:denied")).toHaveLength(
      denied,
    );
  });

  it("is told as a result that the official clients hand to their agents", async () => {
    await start(0n);
    const requestInit = { headers: { authorization: `Bearer ${key.secret}` } };
    const url = new URL(edges[0]?.mcp("real") ?? "");
    const modern = new ModernClient(
      { name: "modern", version: "1" },
      { versionNegotiation: { mode: "auto" } },
    );
    await modern.connect(new ModernTransport(url, { requestInit }));
    const legacy = new LegacyClient({ name: "legacy", version: "1" });
    await legacy.connect(new LegacyTransport(url, { requestInit }) as Parameters<typeof legacy.connect>[0]);
    for (const client of [modern, legacy]) {
      const result = await client.callTool({ name: "echo", arguments: { text: "hello" } });
      expect(result).toMatchObject({
        isError: true,
        content: [
          {
            type: "text",
            text: expect.stringMatching(
              /budget of this agent .* Left: \$0\.00 of \$0\.00\. It starts again at/,
            ),
          },
        ],
        structuredContent: {
          code: "budget_exceeded",
          limitSource: "agent_budget",
          scopeId: "agt_a",
          remainingMicros: "0",
          resetsAt: expect.stringMatching(/^\d{4}-\d{2}-01T00:00:00\.000Z$/),
          manageUrl: "https://mcp.example.com/test/agents/agt_a/budget",
          retryable: false,
        },
      });
      await client.close();
    }
    expect(
      edges[0]?.facts.filter(({ outcome }) => outcome === "budget_denied").map(({ era }) => era),
    ).toEqual(["modern", "legacy"]);
  });

  it("denies a batch whole; each of its calls has its own answer", async () => {
    await start(PRICE);
    const answer = await rawRequest(edges[0]?.mcp("orders") ?? "", {
      headers: { authorization: `Bearer ${key.secret}`, "mcp-protocol-version": "2025-03-26" },
      body: [toolCall(1), { jsonrpc: "2.0", id: 2, method: "ping" }, toolCall(3)],
    });
    expect(answer.json<unknown[]>()).toMatchObject([
      { id: 1, result: { isError: true, structuredContent: { limitSource: "agent_budget" } } },
      { id: 2, error: { data: { code: "payment_required" } } },
      { id: 3, result: { isError: true } },
    ]);
    expect((await callOn(edges[0], 4)).result.isError).toBeUndefined();
  });
});

describe("a change of the budget", () => {
  const denied = async (edge: TestGateway | undefined, code: string): Promise<void> => {
    const { result } = await callOn(edge, 1);
    expect(result.structuredContent?.code).toBe(code);
  };

  it.each([
    ["paused", "pause_reason = 'by_hand'", "agent_paused"],
    ["lowered", "monthly_cap_micros = 0", "budget_exceeded"],
  ])("counts under load, although nobody told the edges: %s", async (_what, change, code) => {
    await start(CREDITS / 2n);
    let isOver = false;
    const load = edges.map(async (edge) => {
      while (!isOver) await Promise.all([callOn(edge, 1), callOn(edge, 2)]);
    });
    await eventually(() => expect(edges.every(({ facts }) => facts.length > 20)).toBe(true));
    await store.database.sql.unsafe(`update agents set ${change}`);
    await eventually(async () => Promise.all(edges.map((edge) => denied(edge, code))));
    for (const edge of edges) await denied(edge, code);
    isOver = true;
    await Promise.all(load);
  });
});

describe("holds", () => {
  it("end with their call, whatever ended it", async () => {
    await start(PRICE * 3n);
    const edge = edges[0];
    const broken = serverEntry("orders", {
      organizationId,
      kind: "connected",
      version: null,
      upstreamUrl: "http://127.0.0.1:1/mcp",
      plan: {
        priceVersion: "metered@1",
        prices: { perCallMicros: PRICE, per100MsMicros: 0n, per64KibMicros: 0n },
        isPriced: true,
      },
    });
    await edge?.configure((stored) => {
      stored.servers = [broken];
    });
    for (let run = 0; run < 10; run++) await callOn(edge, run);
    await eventually(() =>
      expect(meters[0]?.stats()).toMatchObject({ holds: 0, heldMicros: 0n, chargedMicros: 0n }),
    );
    const verdicts = edge?.facts.map(({ billing }) => billing?.verdict);
    expect(new Set(verdicts)).toEqual(new Set(["zero_rated:platform_fault"]));
  });
});
