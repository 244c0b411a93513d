import { agents } from "#drizzle/schema/index.ts";
import { createMeter, isMeterRefusal, type Meter, type MeteredCall } from "#lib/data-plane/metering/index.ts";
import type { Database } from "#lib/db/index.ts";
import { addCredits, createLeaseStore } from "#lib/domain/ledger/index.ts";
import { type RequestFact, writeRequestFacts } from "#lib/domain/requests/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { openEdgeSite } from "#lib/testing/edge-site.ts";
import { agentEntry, serverEntry } from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { requestFact } from "#lib/testing/request-fact.ts";

/**
 * What it costs to ask every budget before every call: decisions of one node at 10,000 calls a second of one agent, with
 * credits, a monthly cap and a cap for its end users, leases from a real PostgreSQL; alone, and while the same database
 * settles all these calls. Against one check in the database for each call, and against no budgets at all.
 *
 * The first second is told apart: an agent that appears at full speed waits for its first lease.
 *
 * Options: `--seconds=10`.
 */

const RATE_PER_SECOND = 10_000;
const CALL_MS = 20;
const COLD_MS = 1_000;
const PRICE = 115n;
const TRIPS_PER_CALL_MAX = 0.005;
const DECISION_P99_MS_MAX = 1;
const ids = createIdSource();

export async function bench(options: readonly string[] = []): Promise<void> {
  const seconds = Number(options.find((option) => option.startsWith("--seconds="))?.slice(10) ?? 10);
  const site = await openEdgeSite();
  try {
    const world = await prepare(site.database, site.organization.id);
    const bare = await drive(null, world, seconds / 2);
    const alone = await withMeter(world, (meter) => drive(meter, world, seconds));
    const settler = startSettler(world);
    const settling = await withMeter(world, (meter) => drive(meter, world, seconds, settler.take));
    await settler.stop();
    const checked = await checkEachCall(world, seconds / 2);
    console.log("\ndecisions of one node, at most 10,000 calls a second\n");
    console.log(
      "                                     calls/s   p50 ms   p99 ms  p99.9 ms  waited  denied  trips/call   first second",
    );
    print("no budgets", bare);
    print("leases", alone);
    print("leases, every call settled", settling);
    print("a check in the database per call", checked);
    console.log();
    for (const [name, run] of [
      ["alone", alone],
      ["settling", settling],
    ] as const) {
      goal(
        percentile(run.decisionMs, 0.99) <= DECISION_P99_MS_MAX,
        `${name}: p99 of a decision ${percentile(run.decisionMs, 0.99).toFixed(3)} ms, goal ≤ ${DECISION_P99_MS_MAX} ms`,
      );
      goal(
        run.trips / run.calls <= TRIPS_PER_CALL_MAX,
        `${name}: ${(run.trips / run.calls).toFixed(5)} trips to the database per call, goal ≤ ${TRIPS_PER_CALL_MAX}`,
      );
    }
    const times = percentile(checked.decisionMs, 0.99) / percentile(settling.decisionMs, 0.99);
    console.log(`\np99 of a check per call ÷ p99 with leases while settling: ${times.toFixed(0)}`);
  } finally {
    await site.close();
  }
}

interface World {
  database: Database;
  organizationId: string;
  call: MeteredCall;
}

interface Run {
  calls: number;
  seconds: number;
  decisionMs: number[];
  waited: number;
  denied: number;
  /** Of these, in the first second. */
  cold: { waited: number; denied: number; mostMs: number };
  trips: number;
}
const newRun = (seconds: number): Run => ({
  calls: 0,
  seconds,
  decisionMs: [],
  waited: 0,
  denied: 0,
  cold: { waited: 0, denied: 0, mostMs: 0 },
  trips: 0,
});

async function prepare(database: Database, organizationId: string): Promise<World> {
  const budget = { monthlyCapMicros: 10n ** 12n, defaultUserCapMicros: 10n ** 11n };
  await database.db.insert(agents).values({ organizationId, id: "agt_bench", name: "Bench", ...budget });
  await database.db.transaction((db) =>
    addCredits(
      db,
      {
        organizationId,
        kind: "manual",
        amountMicros: 10n ** 13n,
        priority: 100,
        expiresAtMs: null,
        paymentId: null,
        reason: "for the bench",
        actor: "bench",
        idemKey: "bench",
      },
      { nowMs: Date.now(), newId: () => ids.uuid() },
    ),
  );
  const server = serverEntry("orders", {
    organizationId,
    plan: {
      priceVersion: "metered@1",
      prices: { perCallMicros: 100n, per100MsMicros: 5n, per64KibMicros: 10n },
      isPriced: true,
    },
  });
  const agent = agentEntry("agt_bench", [server.id], { organizationId, budget });
  const call: MeteredCall = {
    server,
    agent,
    endUser: "ada",
    session: null,
    tool: "get_order",
    arguments: () => '{"id":1}',
  };
  return { database, organizationId, call };
}

async function withMeter(world: World, run: (meter: Meter) => Promise<Run>): Promise<Run> {
  const meter = createMeter({
    store: createLeaseStore(world.database, { clock: systemClock, ids }),
    directory: { agentById: () => world.call.agent ?? undefined, onAgentChange: () => () => undefined },
    clock: systemClock,
    log: recordingLog(),
    node: "bench",
    epoch: ids.uuid(),
    liveNodes: () => 1,
    onLoop: () => undefined,
  });
  try {
    const measured = await run(meter);
    const { take, renew, release } = meter.stats().trips;
    return { ...measured, trips: take + renew + release };
  } finally {
    await meter.close();
  }
}

/** Calls at a fixed rate, whatever becomes of those before; each runs for a while. */
async function drive(
  meter: Meter | null,
  { call }: World,
  seconds: number,
  onEnd: (fact: Partial<RequestFact>) => void = () => undefined,
): Promise<Run> {
  const run = newRun(seconds);
  const pending = new Set<Promise<void>>();
  const beganMs = performance.now();
  const end = (hold: Parameters<Meter["settle"]>[0]["hold"]): void => {
    const ended = { hold, outcome: "ok", durationMs: CALL_MS, responseBytes: 1_000 } as const;
    const billing = meter?.settle({ server: call.server, kind: "request", source: "agent", ...ended });
    if (billing) onEnd({ billing });
  };
  const one = (): void => {
    const startedMs = performance.now();
    const isCold = startedMs - beganMs < COLD_MS;
    const answer = meter === null ? [] : meter.admit([call]);
    const decided = (found: Awaited<typeof answer>): void => {
      const tookMs = performance.now() - startedMs;
      if (isCold) run.cold.mostMs = Math.max(run.cold.mostMs, tookMs);
      else run.decisionMs.push(tookMs);
      if (isMeterRefusal(found)) (isCold ? run.cold : run).denied++;
      else setTimeout(() => end(found[0] ?? null), CALL_MS);
    };
    if (!(answer instanceof Promise)) {
      decided(answer);
      return;
    }
    (isCold ? run.cold : run).waited++;
    const waiting = answer.then(decided).finally(() => pending.delete(waiting));
    pending.add(waiting);
  };
  for (;;) {
    const elapsedMs = performance.now() - beganMs;
    if (elapsedMs >= seconds * 1_000) break;
    // A machine that was busy elsewhere does not get all of its backlog at once.
    const due = Math.min((elapsedMs / 1_000) * RATE_PER_SECOND - run.calls, RATE_PER_SECOND / 100);
    for (let each = 0; each < due; each++) {
      one();
      run.calls++;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  await new Promise((resolve) => setTimeout(resolve, 2 * CALL_MS));
  return run;
}

/** Settles all calls in batches, as the edge does, one batch after the other. */
function startSettler({ database, organizationId, call }: World) {
  let waiting: RequestFact[] = [];
  let writing: Promise<unknown> | null = null;
  const write = (): void => {
    if (writing !== null || waiting.length === 0) return;
    const facts = waiting.splice(0, limits.writer.batchRowsMax);
    writing = writeRequestFacts(database, { facts, region: "bench", node: "bench" }).finally(() => {
      writing = null;
      write();
    });
  };
  const take = (fact: Partial<RequestFact>): void => {
    const own = { organizationId, serverId: call.server.id, agentId: "agt_bench", endUser: "ada" } as const;
    // A store that falls behind does not fill the memory of the bench.
    if (waiting.length > 50_000) waiting = [];
    waiting.push(requestFact({ id: ids.uuid(), source: "agent", ...own, ...fact }));
    write();
  };
  const stop = async (): Promise<void> => {
    waiting = [];
    await writing;
  };
  return { take, stop };
}

/** What budgets cost where each call asks the database: one conditional update before it and one after. */
async function checkEachCall({ database, organizationId }: World, seconds: number): Promise<Run> {
  const { sql } = database;
  await sql`
    insert into budget_spend (organization_id, scope_kind, scope_id, period, agent_id, updated_at)
    values (${organizationId}, 'agent', 'agt_check', '2026-01', 'agt_check', now())`;
  const change = (leased: bigint, spent: bigint) => sql`
    update budget_spend set leased_micros = leased_micros + ${String(leased)}::bigint,
      spent_micros = spent_micros + ${String(spent)}::bigint
    where organization_id = ${organizationId} and scope_kind = 'agent' and scope_id = 'agt_check' and period = '2026-01'
      and spent_micros + leased_micros + ${String(leased)}::bigint <= 1000000000000`;
  const run = newRun(seconds);
  const untilMs = performance.now() + seconds * 1_000;
  const client = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const startedMs = performance.now();
      await change(2_880n, 0n);
      run.decisionMs.push(performance.now() - startedMs);
      await change(-2_880n, PRICE);
      run.calls++;
      run.waited++;
      run.trips += 2;
    }
  };
  await Promise.all(Array.from({ length: 32 }, client));
  return run;
}

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

function print(name: string, run: Run): void {
  const columns = [
    name.padEnd(36),
    (run.calls / run.seconds).toFixed(0).padStart(7),
    ...[0.5, 0.99, 0.999].map((share) => percentile(run.decisionMs, share).toFixed(3).padStart(8)),
    String(run.waited).padStart(8),
    String(run.denied).padStart(7),
    (run.trips / run.calls).toFixed(5).padStart(11),
    `   ${run.cold.waited} waited, ${run.cold.denied} denied, ≤ ${run.cold.mostMs.toFixed(0)} ms`,
  ];
  console.log(columns.join(" "));
}

const goal = (isMet: boolean, text: string): void => console.log(`${isMet ? "met    " : "NOT met"}  ${text}`);
