import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import type { CallLimit, LimitVerdict } from "./call-limits.ts";
import { KeyUses } from "./key-uses.ts";
import { LocalLimiter } from "./local-limiter.ts";

const rate = (max: number, key = "a"): CallLimit => ({ key: `m:${key}`, kind: "per_minute", max });
const atOnce = (max: number, key = "a"): CallLimit => ({ key: `c:${key}`, kind: "at_once", max });

function start() {
  const clock = fakeClock();
  return { clock, limiter: new LocalLimiter(clock.monotonicMs) };
}
const releaseOf = (verdict: LimitVerdict): (() => void) => {
  if (!verdict.ok || !verdict.release) throw new Error("nothing is held");
  return verdict.release;
};

describe("the local limiter", () => {
  it("lets so many calls through per minute, and says when the next one fits", () => {
    const { clock, limiter } = start();
    for (let call = 0; call < 3; call++) expect(limiter.take([rate(3)], 1).ok).toBe(true);
    const refused = limiter.take([rate(3)], 1);
    expect(refused).toMatchObject({ ok: false, limit: { max: 3 } });
    if (refused.ok) return;
    clock.advance(refused.retryAfterMs - 1);
    expect(limiter.take([rate(3)], 1).ok).toBe(false);
    clock.advance(1);
    expect(limiter.take([rate(3)], 1).ok).toBe(true);
  });

  it("counts no refused call, so that an impatient caller is not shut out for ever", () => {
    const { clock, limiter } = start();
    limiter.take([rate(1)], 1);
    for (let minute = 0; minute < 4; minute++) {
      for (let second = 0; second < 30; second++) {
        clock.advance(1_000);
        limiter.take([rate(1)], 1);
      }
    }
    const passed = Array.from({ length: 180 }, () => {
      clock.advance(1_000);
      return limiter.take([rate(1)], 1).ok;
    });
    expect(passed.filter(Boolean).length).toBeGreaterThanOrEqual(1);
  });

  it("never lets noticeably more through in any minute than allowed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
        (max, gaps) => {
          const { clock, limiter } = start();
          const passed: number[] = [];
          for (const gap of gaps) {
            clock.advance(gap);
            if (limiter.take([rate(max)], 1).ok) passed.push(clock.monotonicMs());
          }
          for (const from of passed) {
            const inMinute = passed.filter((at) => at >= from && at < from + 60_000).length;
            // The window is approximate: the minute before counts as if its calls were spread evenly.
            expect(inMinute).toBeLessThanOrEqual(2 * max);
          }
          const minutes = Map.groupBy(passed, (at) => Math.floor(at / 60_000));
          for (const calls of minutes.values()) expect(calls.length).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it("counts callers apart, and a batch as many calls, whole or not at all", () => {
    const { limiter } = start();
    expect(limiter.take([rate(3, "a")], 3).ok).toBe(true);
    expect(limiter.take([rate(3, "b")], 2).ok).toBe(true);
    expect(limiter.take([rate(3, "b")], 2).ok).toBe(false);
    expect(limiter.take([rate(3, "b")], 1).ok).toBe(true);
    expect(limiter.take([rate(3, "c")], 4)).toMatchObject({ ok: false, retryAfterMs: 60_000 });
  });

  it("takes all limits of a request or none", () => {
    const { limiter } = start();
    const held = limiter.take([rate(9), atOnce(1)], 1);
    for (let call = 0; call < 20; call++)
      expect(limiter.take([rate(9), atOnce(1)], 1)).toMatchObject({ ok: false, limit: { kind: "at_once" } });
    releaseOf(held)();
    for (let call = 0; call < 8; call++) releaseOf(limiter.take([rate(9), atOnce(1)], 1))();
    expect(limiter.take([rate(9), atOnce(1)], 1)).toMatchObject({ ok: false, limit: { kind: "per_minute" } });
  });

  it("gives a place back once, however often it is told", () => {
    const { limiter } = start();
    const release = releaseOf(limiter.take([atOnce(2)], 1));
    limiter.take([atOnce(2)], 1);
    release();
    release();
    expect(limiter.take([atOnce(2)], 1).ok).toBe(true);
    expect(limiter.take([atOnce(2)], 1).ok).toBe(false);
  });

  it("remembers a bounded number of callers", () => {
    const { limiter } = start();
    for (let caller = 0; caller < limits.gateways.rateCountersMax + 100; caller++)
      limiter.take([rate(1, String(caller))], 1);
    expect(limiter.size).toBe(limits.gateways.rateCountersMax);
  });
});

describe("the uses of keys", () => {
  it("wait for the next time when they cannot be stored, and the newest counts", async () => {
    const stored: ReadonlyMap<string, number>[] = [];
    let isAway = true;
    const uses = new KeyUses(async (used) => {
      if (isAway) throw new Error("connection refused");
      stored.push(used);
    }, recordingLog());
    uses.used("a", 1);
    uses.used("b", 2);
    await uses.flush();
    uses.used("a", 3);
    isAway = false;
    await uses.close();
    expect(stored).toEqual([
      new Map([
        ["a", 3],
        ["b", 2],
      ]),
    ]);
    await uses.flush();
    expect(stored).toHaveLength(1);
  });

  it("are bounded", async () => {
    const sizes: number[] = [];
    const uses = new KeyUses(async (used) => void sizes.push(used.size), recordingLog());
    for (let key = 0; key < limits.gateways.keyUsesWaitingMax + 5; key++) uses.used(`k${key}`, key);
    await uses.close();
    expect(sizes).toEqual([limits.gateways.keyUsesWaitingMax]);
  });
});
