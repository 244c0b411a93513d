import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { Deadlines } from "./deadlines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("calls what is over its time once, soon after, and nothing that was removed or is not due", () => {
  const clock = fakeClock();
  const deadlines = new Deadlines(clock);
  const called: string[] = [];
  const at = (name: string, inMs: number) => ({
    deadlineMs: clock.monotonicMs() + inMs,
    onDeadline: () => void called.push(name),
  });
  const removed = at("removed", 200);
  for (const deadline of [at("first", 200), removed, at("later", 5_000), at("second", 200)])
    deadlines.add(deadline);
  deadlines.remove(removed);
  const pass = (ms: number) => {
    clock.advance(ms);
    vi.advanceTimersByTime(ms);
  };
  pass(100);
  expect(called).toEqual([]);
  pass(100 + limits.mcp.deadlineCheckMs);
  expect(called).toEqual(["first", "second"]);
  pass(5_000);
  pass(5_000);
  expect(called).toEqual(["first", "second", "later"]);
  deadlines.close();
  expect(vi.getTimerCount()).toBe(0);
});
