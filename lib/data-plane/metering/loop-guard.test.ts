import { expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { LoopGuard } from "./loop-guard.ts";

function start() {
  const clock = fakeClock();
  return { clock, guard: new LoopGuard(clock.monotonicMs) };
}

it("suspects an agent with its first call too many, and tells the same call of another agent and other calls apart", () => {
  const { guard } = start();
  for (let call = 0; call < 5; call++) expect(guard.count("agt_a", "same", 5)).toBeNull();
  for (let call = 0; call < 5; call++) expect(guard.count("agt_b", "same", 5)).toBeNull();
  for (let call = 0; call < 50; call++) expect(guard.count("agt_a", `other ${call}`, 5)).toBeNull();
  expect(guard.isSuspected("agt_a")).toBe(false);
  expect(guard.count("agt_a", "same", 5)).toBe(6);
  expect(guard.isSuspected("agt_a")).toBe(true);
  expect(guard.isSuspected("agt_b")).toBe(false);
});

it("counts a sliding minute: a steady pace below the limit is no loop, a burst over the turn of a minute is", () => {
  const { clock, guard } = start();
  for (let call = 0; call < 300; call++) {
    expect(guard.count("agt_a", "poll", 61)).toBeNull();
    clock.advance(1_000);
  }
  clock.advance(limits.money.loopWindowMs * 2);
  clock.advance(limits.money.loopWindowMs - (clock.monotonicMs() % limits.money.loopWindowMs) - 1);
  const counted = Array.from({ length: 20 }, (_, call) => {
    if (call === 10) clock.advance(2);
    return guard.count("agt_a", "burst", 15);
  });
  expect(counted.filter((count) => count !== null).length).toBeGreaterThan(0);
});

it("lets a resumed agent go on from zero, and forgets a suspicion by itself after a minute", () => {
  const { clock, guard } = start();
  for (let call = 0; call < 3; call++) guard.count("agt_a", "same", 2);
  guard.forget("agt_a");
  expect(guard.isSuspected("agt_a")).toBe(false);
  expect(guard.count("agt_a", "same", 2)).toBeNull();
  for (let call = 0; call < 3; call++) guard.count("agt_a", "same", 2);
  clock.advance(limits.money.loopWindowMs);
  expect(guard.isSuspected("agt_a")).toBe(false);
});

it("remembers a bounded number of calls", () => {
  const { guard } = start();
  for (let call = 0; call < limits.money.loopCountersMax + 500; call++)
    guard.count(`agt_${call % 3}`, `c${call}`, 2);
  expect(guard.size).toBeLessThanOrEqual(limits.money.loopCountersMax);
});
