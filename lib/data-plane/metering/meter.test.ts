import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { LeaseScope } from "#lib/domain/ledger/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type FakeClock, fakeClock } from "#lib/testing/fake-clock.ts";
import { agentEntry, serverEntry } from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import type { AgentEntry, ServerEntry } from "../directory/index.ts";
import { createMeter, type Hold, isMeterRefusal, type Meter, type MeteredCall } from "./index.ts";
import { type ModelStore, modelStore as storeOver } from "./testing/one-node.ts";

const ORGANIZATION: LeaseScope = { kind: "organization", id: "" };
const AGENT: LeaseScope = { kind: "agent", id: "agt_a" };
const PRICE = 10n;
/** One call costs ten micros, whatever it does. */
const priced = serverEntry("orders", {
  plan: {
    priceVersion: "metered@1",
    prices: { perCallMicros: PRICE, per100MsMicros: 0n, per64KibMicros: 0n },
    isPriced: true,
  },
});
const free = serverEntry("orders");

const modelStore = (caps: Parameters<typeof storeOver>[0], clock = fakeClock()) => storeOver(caps, clock);

let meter: Meter;
afterEach(() => meter.close());

interface Bench {
  store: ModelStore<FakeClock>;
  change(agent: AgentEntry): void;
  looped: { tool: string; callsPerMinuteMax: number }[];
}

function start(store: ModelStore<FakeClock>, agent: AgentEntry = agentEntry("agt_a", [])): Bench {
  let current = agent;
  let listener: ((change: { before?: AgentEntry; after?: AgentEntry }) => void) | null = null;
  const looped: Bench["looped"] = [];
  meter = createMeter({
    store,
    clock: store.clock,
    log: recordingLog(),
    node: "node-1",
    epoch: "life-1",
    liveNodes: () => 1,
    directory: {
      agentById: () => current,
      onAgentChange: (told) => {
        listener = told;
        return () => undefined;
      },
    },
    onLoop: (_agent, { tool, callsPerMinuteMax }) => looped.push({ tool, callsPerMinuteMax }),
  });
  return {
    store,
    looped,
    change: (after) => {
      const before = current;
      current = after;
      listener?.({ before, after });
    },
  };
}

const call = (over: Partial<MeteredCall> = {}): MeteredCall => ({
  server: priced,
  agent: null,
  endUser: null,
  session: null,
  tool: "get_order",
  arguments: () => '{"id":1}',
  ...over,
});
const holdsOf = async (calls: readonly MeteredCall[]): Promise<readonly Hold[]> => {
  const answer = await meter.admit(calls);
  if (isMeterRefusal(answer)) throw new Error(`refused: ${answer.reason}`);
  return answer;
};
const end = (hold: Hold | undefined, outcome: "ok" | "timeout" = "ok", server: ServerEntry = priced) =>
  meter.settle({
    server,
    hold: hold ?? null,
    kind: "request",
    source: "external",
    outcome,
    durationMs: 5,
    responseBytes: 100,
  });
const reasonOf = async (calls: readonly MeteredCall[]): Promise<unknown> => {
  const answer = await meter.admit(calls);
  return isMeterRefusal(answer) ? answer : "admitted";
};

describe("credits", () => {
  it("let exactly so many calls run as they pay for, and the refusal says what is left", async () => {
    start(modelStore([[ORGANIZATION, 55n]]));
    for (let run = 0; run < 5; run++) {
      const [hold] = await holdsOf([call()]);
      expect(end(hold)).toMatchObject({ verdict: "billed", charge: { leases: { organization: "lse_1" } } });
    }
    expect(await reasonOf([call()])).toMatchObject({
      reason: "credits_exhausted",
      limitSource: "organization_credits",
      scopeId: "org_test",
    });
    expect(meter.stats()).toMatchObject({
      holds: 0,
      chargedMicros: 50n,
      denied: { organization_credits: 1 },
    });
  });

  it("that calls which run have set aside may come back: that refusal says when to try again", async () => {
    start(modelStore([[ORGANIZATION, 15n]]));
    const [hold] = await holdsOf([call()]);
    expect(await reasonOf([call()])).toMatchObject({ reason: "credits_exhausted", retryAfterSeconds: 1 });
    end(hold, "timeout");
    const again = await holdsOf([call()]);
    for (const given of again) end(given);
    expect(await reasonOf([call()])).toMatchObject({ remainingMicros: 5n, retryAfterSeconds: null });
  });

  it("come back from calls that cost nothing, once however often they are reported", async () => {
    start(modelStore([[ORGANIZATION, PRICE]]));
    for (let run = 0; run < 20; run++) {
      const [hold] = await holdsOf([call()]);
      expect(end(hold, "timeout").verdict).toBe("zero_rated:platform_fault");
      end(hold, "timeout");
    }
    expect(meter.stats()).toMatchObject({ holds: 0, heldMicros: 0n });
  });

  it("are not asked where nothing costs anything", () => {
    start(modelStore([]));
    expect(meter.watches(free, null)).toBe(false);
    expect(meter.watches(free, agentEntry("agt_a", []))).toBe(false);
    expect(meter.watches(priced, null)).toBe(true);
    expect(meter.watches(free, agentEntry("agt_a", [], { budget: { sessionCapMicros: 1n } }))).toBe(true);
  });

  it("are asked for again, and nobody is called a paused agent, when they were forgotten while the ledger was slow", async () => {
    const { store } = start(modelStore([[ORGANIZATION, 100n]]));
    const take = store.take.bind(store);
    store.take = async (request) => {
      store.take = take;
      store.clock.advance(limits.money.leaseMs + 1);
      await eventually(() => expect(meter.stats().scopes).toBe(0));
      return take(request);
    };
    expect(await reasonOf([call()])).toBe("admitted");
  });

  it("that could not be given back stay in a lease that the node takes no more of, so that it ends", async () => {
    const { store } = start(modelStore([[ORGANIZATION, 1_000n]]));
    const epochs: string[] = [];
    const take = store.take.bind(store);
    store.take = (request) => {
      epochs.push(request.epoch);
      return take(request);
    };
    end((await holdsOf([call()]))[0]);
    let releases = 0;
    store.release = async () => {
      releases++;
      throw new Error("deadlock detected");
    };
    store.clock.advance(limits.money.leaseMs + 1);
    await eventually(() => expect(releases).toBe(1));
    end((await holdsOf([call()]))[0]);
    expect(epochs.length).toBeGreaterThan(1);
    expect(epochs.at(-1)).not.toBe(epochs[0]);
  });

  it("pay for a batch whole or not at all", async () => {
    start(modelStore([[ORGANIZATION, 35n]]));
    expect(await reasonOf([call(), call(), call(), call()])).toMatchObject({
      reason: "credits_exhausted",
      // Its own calls hold what is missing: no time helps.
      retryAfterSeconds: null,
    });
    expect(meter.stats()).toMatchObject({ holds: 0, heldMicros: 0n });
    expect(await holdsOf([call(), call(), call()])).toHaveLength(3);
  });
});

describe("a budget", () => {
  const capped = (budget: Partial<AgentEntry["budget"]>) => agentEntry("agt_a", [], { budget });

  it("is the most restrictive of agent, end user and session; each refusal names its own", async () => {
    const agent = capped({
      monthlyCapMicros: 100n,
      defaultUserCapMicros: 30n,
      anonymousUserCapMicros: 10n,
      sessionCapMicros: 20n,
      userCaps: new Map([["ada", 1_000n]]),
    });
    const { store } = start(
      modelStore([
        [ORGANIZATION, 1_000n],
        [AGENT, 100n],
        [{ kind: "user", id: "agt_a\nada" }, 1_000n],
        [{ kind: "user", id: "agt_a\nbob" }, 30n],
        [{ kind: "user", id: "agt_a\n" }, 10n],
        [{ kind: "session", id: "agt_a\ns1" }, 20n],
      ]),
      agent,
    );
    const runs = async (over: Partial<MeteredCall>): Promise<number> => {
      for (let count = 0; ; count++) {
        const answer = await meter.admit([call({ agent, ...over })]);
        if (isMeterRefusal(answer)) return count;
        for (const hold of answer) end(hold);
        store.clock.advance(300);
      }
    };
    expect(await runs({ session: "s1", endUser: "ada" })).toBe(2);
    expect(await runs({})).toBe(1);
    expect(await runs({ endUser: "bob" })).toBe(3);
    expect(await runs({ endUser: "ada" })).toBe(4);
  });

  it("of a plan without prices only stops calls when it is used up", async () => {
    const agent = capped({ monthlyCapMicros: 0n });
    start(modelStore([[AGENT, 0n]]), agent);
    expect(await reasonOf([call({ agent, server: free })])).toMatchObject({ reason: "budget_exceeded" });
  });

  it("that is lowered counts at once where the node hears of it: its leases go back", async () => {
    const agent = capped({ monthlyCapMicros: 1_000n });
    const { store, change } = start(
      modelStore([
        [ORGANIZATION, 10_000n],
        [AGENT, 1_000n],
      ]),
      agent,
    );
    const [held] = await holdsOf([call({ agent })]);
    store.ledger.setCap(AGENT, 15n);
    const lowered = capped({ monthlyCapMicros: 15n });
    change(lowered);
    await Promise.resolve();
    expect(await reasonOf([call({ agent: lowered })])).toMatchObject({
      reason: "budget_exceeded",
      remainingMicros: 5n,
    });
    end(held);
    expect(meter.stats().heldMicros).toBe(0n);
  });

  it("that cannot be asked lets calls use what is left of the lease, then denies for a moment", async () => {
    const agent = capped({ monthlyCapMicros: 1_000n });
    const { store } = start(
      modelStore([
        [ORGANIZATION, 10_000n],
        [AGENT, 1_000n],
      ]),
      agent,
    );
    const [first] = await holdsOf([call({ agent })]);
    store.isAway = true;
    const { freeMicros, leases } = meter.stats();
    const left: Hold[] = [];
    for (let run = 0n; run < freeMicros / BigInt(leases) / PRICE; run++)
      left.push(...(await holdsOf([call({ agent })])));
    expect(await reasonOf([call({ agent })])).toMatchObject({
      reason: "budget_unavailable",
      retryAfterSeconds: 1,
    });
    for (const hold of [first, ...left]) end(hold);
    store.isAway = false;
    store.clock.advance(limits.money.leaseRetryMs);
    await reasonOf([call({ agent })]);
    expect(await reasonOf([call({ agent })])).toBe("admitted");
  });

  it("with grace goes on for a bounded amount, charged to no lease", async () => {
    const agent = capped({ monthlyCapMicros: 1_000n, onUnavailable: "grace" });
    const { store } = start(
      modelStore([
        [ORGANIZATION, 10_000n],
        [AGENT, 1_000n],
      ]),
      agent,
    );
    store.isAway = true;
    const [hold] = await holdsOf([call({ agent })]);
    expect(end(hold)).toMatchObject({
      verdict: "billed",
      charge: { leases: { organization: null, agent: null } },
    });
    const most = Number(limits.money.graceMicrosMax / PRICE);
    let runs = 1;
    for (; runs <= most; runs++) {
      const answer = await meter.admit([call({ agent })]);
      if (isMeterRefusal(answer)) break;
      for (const given of answer) end(given);
    }
    expect(runs).toBe(most);
  }, 60_000);

  it("has a new lease in a new month; a call that runs over its end stays in the old one", async () => {
    const clock = fakeClock(Date.UTC(2026, 10, 30, 23, 59, 58));
    const agent = capped({ monthlyCapMicros: 20n });
    const { store } = start(
      modelStore(
        [
          [ORGANIZATION, 10_000n],
          [AGENT, 20n],
        ],
        clock,
      ),
      agent,
    );
    const [late] = await holdsOf([call({ agent })]);
    clock.advance(2_100);
    const [next] = await holdsOf([call({ agent })]);
    const leaseOf = (hold: Hold | undefined): unknown => end(hold).charge?.leases.agent;
    const [old, young] = [leaseOf(late), leaseOf(next)];
    expect(old).not.toBe(young);
    expect(store.ledger.overrun()).toBeNull();
  });
});

describe("the loop guard", () => {
  it("denies at once, tells of it once a call, and lets a resumed agent go on", async () => {
    const agent = agentEntry("agt_a", [], { budget: { loopCallsPerMinuteMax: 2 } });
    const { change, looped } = start(modelStore([]), agent);
    const same = () => meter.admit([call({ agent, server: free })]);
    expect(isMeterRefusal(await same())).toBe(false);
    expect(isMeterRefusal(await same())).toBe(false);
    expect(await same()).toMatchObject({ reason: "loop_suspected", limitSource: "loop_suspected" });
    expect(await meter.admit([call({ agent, server: free, arguments: () => "{}" })])).toMatchObject({
      reason: "loop_suspected",
    });
    expect(looped).toEqual([{ tool: "get_order", callsPerMinuteMax: 2 }]);
    const paused = { ...agent, isPaused: true, pauseReason: "loop_suspected" as const };
    change(paused);
    change(agent);
    expect(isMeterRefusal(await same())).toBe(false);
  });
});

describe("leases", () => {
  it("never set more aside than was granted, whatever calls come and go", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 900 })), { maxLength: 60 }),
        fc.integer({ min: 0, max: 300 }),
        async (steps, cap) => {
          const { store } = start(modelStore([[ORGANIZATION, BigInt(cap)]]));
          const open: Hold[] = [];
          let spent = 0n;
          for (const [what, ms] of steps) {
            store.clock.advance(ms);
            if (what < 4) {
              const answer = await meter.admit([call()]);
              if (!isMeterRefusal(answer)) open.push(...answer);
            } else {
              const billing = end(open.shift() ?? undefined, what === 4 ? "ok" : "timeout");
              const leaseId = billing.charge?.leases.organization ?? null;
              if (leaseId !== null) {
                spent += PRICE;
                store.ledger.settle({
                  callId: `c${spent}`,
                  amountMicros: PRICE,
                  draws: [{ leaseId, scope: ORGANIZATION, period: "" }],
                });
              }
            }
            expect(store.ledger.overrun()).toBeNull();
            expect(spent + PRICE * BigInt(open.length) <= BigInt(cap)).toBe(true);
          }
          for (const hold of open) end(hold, "timeout");
          expect(meter.stats()).toMatchObject({ holds: 0, heldMicros: 0n });
          await meter.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
