import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  type AnsweringUpstream,
  gatewayEntry,
  rawRequest,
  startAnsweringUpstream,
  startTestGateway,
  type TestGateway,
  testKey,
  toolCall,
} from "#lib/testing/mcp/index.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { hasRedis, startRedis, type TestRedis } from "#lib/testing/redis.ts";
import type { CallLimit, CallLimiter, LimitVerdict } from "./call-limits.ts";
import { createSharedLimiter } from "./shared-limiter.ts";

const reason = hasRedis ? "" : " (skipped: there is no redis-server on this machine)";
const made: CallLimiter[] = [];
let redis: TestRedis;
let upstream: AnsweringUpstream;
const gateways: TestGateway[] = [];

beforeAll(async () => {
  if (!hasRedis) return;
  [redis, upstream] = await Promise.all([startRedis(), startAnsweringUpstream()]);
});
afterAll(async () => {
  await Promise.all([
    ...gateways.map((gateway) => gateway.close()),
    ...made.map((limiter) => limiter.close()),
  ]);
  await redis?.close();
  await upstream?.close();
});

/** Waits for Redis as long as a busy machine may need, unless the test is about not waiting. */
function node(timeoutMs = 10_000, monotonicMs = () => performance.now()) {
  const log = recordingLog();
  const limiter = createSharedLimiter({ url: redis.url, monotonicMs, log, timeoutMs });
  made.push(limiter);
  return { limiter, log };
}
const rate = (max: number, key: string): CallLimit => ({ key: `{gw}:m:${key}`, kind: "per_minute", max });
const atOnce = (max: number, key: string): CallLimit => ({ key: `{gw}:c:${key}`, kind: "at_once", max });
const releaseOf = (verdict: LimitVerdict): (() => void) => {
  if (!verdict.ok || !verdict.release) throw new Error("nothing is held");
  return verdict.release;
};
const connected = ({ limiter, log }: ReturnType<typeof node>, name: string) =>
  eventually(async () => {
    await limiter.take([rate(1_000_000, `connect-${name}`)], 1);
    const told = (level: string) => log.entries.filter((entry) => entry.level === level).length;
    expect(told("info")).toBe(told("warn"));
  });

describe.skipIf(!hasRedis)(`limits shared through Redis${reason}`, () => {
  it("count the calls of all nodes together", async () => {
    const [one, two] = [node(), node()];
    await Promise.all([connected(one, "1"), connected(two, "2")]);
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, call) => (call % 2 ? one : two).limiter.take([rate(7, "all")], 1)),
    );
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(7);
    const refused = verdicts.find((verdict) => !verdict.ok);
    expect(refused).toMatchObject({ limit: { max: 7 } });
    if (refused && !refused.ok) {
      expect(refused.retryAfterMs).toBeGreaterThan(0);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(120_000);
    }
  });

  it("share places, which come back from whichever node held them", async () => {
    const [one, two] = [node(), node()];
    await Promise.all([connected(one, "3"), connected(two, "4")]);
    const held = await one.limiter.take([atOnce(1, "x"), rate(100, "x")], 1);
    expect(await two.limiter.take([atOnce(1, "x"), rate(100, "x")], 1)).toMatchObject({
      ok: false,
      limit: { kind: "at_once" },
    });
    releaseOf(held)();
    await eventually(async () => releaseOf(await two.limiter.take([atOnce(1, "x")], 1))());
  });

  it("hold up nothing while Redis is paused or gone, and count together again afterwards", async () => {
    const { limiter, log } = node(limits.gateways.sharedCounterTimeoutMs);
    await connected({ limiter, log }, "5");
    redis.pause();
    expect((await limiter.take([rate(1, "paused")], 1)).ok).toBe(true);
    expect((await limiter.take([rate(1, "paused")], 1)).ok).toBe(false);
    redis.goOn();
    await connected({ limiter, log }, "5");
    await redis.kill();
    expect((await limiter.take([rate(1, "gone")], 1)).ok).toBe(true);
    expect((await limiter.take([rate(1, "gone")], 1)).ok).toBe(false);
    await redis.restart();
    await connected({ limiter, log }, "5");
    expect((await limiter.take([rate(1, "back")], 1)).ok).toBe(true);
    expect(JSON.stringify(log.entries)).toContain("count per node");
  });

  it("make one call wait for a paused Redis, and not each one after it", async () => {
    let heldMs: number | null = null;
    const { limiter, log } = node(1_000, () => heldMs ?? performance.now());
    await connected({ limiter, log }, "6");
    redis.pause();
    // Until it is time to ask Redis again.
    heldMs = performance.now();
    try {
      expect(limiter.take([rate(100, "hung")], 1)).toBeInstanceOf(Promise);
      await eventually(() => expect(limiter.take([rate(100, "hung")], 1)).toMatchObject({ ok: true }));
      for (let call = 0; call < 50; call++)
        expect(limiter.take([rate(100, "hung")], 1)).toMatchObject({ ok: true });
    } finally {
      heldMs = null;
      redis.goOn();
    }
    await connected({ limiter, log }, "6");
  });

  it("bound a caller of two gateways as if they were one", async () => {
    const key = testKey("ada", { gatewayId: "gw_a" });
    for (let index = 0; index < 2; index++) {
      const own = node();
      await connected(own, `gateway-${index}`);
      gateways.push(
        await startTestGateway({
          runtimes: { orders: upstream.url },
          attached: { orders: { id: "gw_a", publicId: "public-orders" } },
          gateways: [gatewayEntry("gw_a", { access: ["key"], callsPerMinuteMax: 6, concurrentMax: 50 })],
          keys: [key],
          limiter: own.limiter,
        }),
      );
    }
    const statuses: number[] = [];
    for (let call = 0; call < 10; call++) {
      const answer = await rawRequest(gateways[call % 2]?.through("public-orders") ?? "", {
        headers: { authorization: `Bearer ${key.secret}` },
        body: toolCall(call),
      });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429, 429]);
  });
});
