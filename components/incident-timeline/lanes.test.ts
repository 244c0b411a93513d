import { describe, expect, test } from "vitest";
import type { IncidentMark } from "#lib/contract/incidents.ts";
import { isBad, marksInView, marksOf, wasReached, wholeOf } from "./lanes.ts";

const AT = Date.parse("2026-03-01T12:00:00.000Z");
const mark = (id: string, afterMs: number, more: Partial<IncidentMark> = {}): IncidentMark => ({
  id,
  lane: "gateway",
  at: new Date(AT + afterMs).toISOString(),
  durationMs: null,
  level: "info",
  text: id,
  requestId: null,
  join: "id",
  ...more,
});
const window = { from: new Date(AT).toISOString(), to: new Date(AT + 1_000).toISOString() };

describe("what the lanes show", () => {
  test("is the window, and what reaches beyond it, so that no mark lies outside", () => {
    expect(wholeOf({ window, marks: [] })).toEqual({ fromMs: AT, toMs: AT + 1_000 });
    expect(wholeOf({ window, marks: [mark("a", -50), mark("b", 900, { durationMs: 400 })] })).toEqual({
      fromMs: AT - 50,
      toMs: AT + 1_300,
    });
  });
  test("is never empty, also of a window without length", () => {
    const { fromMs, toMs } = wholeOf({ window: { from: window.from, to: window.from }, marks: [] });
    expect(toMs).toBeGreaterThan(fromMs);
  });
  test("is each party on a lane of its own, side by side where calls overlap", () => {
    const marks = [
      mark("long", 0, { durationMs: 100 }),
      mark("inside", 10, { durationMs: 10 }),
      mark("line", 20, { lane: "runtime", level: "warn" }),
    ];
    expect(marksOf(marks, "gateway").map(({ id, row }) => [id, row])).toEqual([
      ["long", 0],
      ["inside", 1],
    ]);
    expect(marksOf(marks, "ledger")).toEqual([]);
  });
});

test("a warning is bad where calls are turned away, and not where code merely says it", () => {
  expect(isBad(mark("denied", 0, { level: "warn" }))).toBe(true);
  expect(isBad(mark("line", 0, { lane: "runtime", level: "warn" }))).toBe(false);
  expect(isBad(mark("line", 0, { lane: "runtime", level: "error" }))).toBe(true);
});

test("the list has what is in view, in the order of time; hidden lanes are left out", () => {
  const marks = [
    mark("late", 800),
    mark("early", 100),
    mark("money", 200, { lane: "ledger" }),
    mark("out", 5_000),
  ];
  const view = { fromMs: AT, toMs: AT + 1_000 };
  expect(marksInView(marks, view, ["ledger"]).map(({ id }) => id)).toEqual(["early", "late"]);
});

test("a hop was reached when the last one seen is it or lies behind it", () => {
  expect(wasReached("gateway", "runtime")).toBe(true);
  expect(wasReached("upstream", "runtime")).toBe(false);
});
