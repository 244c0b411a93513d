import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TimelineEntry } from "#lib/contract/index.ts";
import { isInView, LANE_ROWS, laneOf, mergedList, toggled, zoomBy, zoomed } from "./lane-layout.ts";
import { loadTimelineSearch, subjectOf } from "./timeline-search.ts";

const call = (id: string, atMs: number, durationMs: number): TimelineEntry => ({
  source: "upstream",
  at: new Date(atMs).toISOString(),
  call: {
    id,
    requestId: null,
    timestamp: new Date(atMs).toISOString(),
    level: "info",
    outcome: "ok",
    method: "GET",
    url: "https://api.example/",
    httpStatus: 200,
    error: null,
    durationMs,
    requestBytes: 0,
    responseBytes: 0,
    version: null,
  },
});
const ms = fc.integer({ min: 0, max: 100_000 });

describe("a lane", () => {
  it("shows every entry once, and marks of one row apart while there are rows", () => {
    const calls = fc.array(fc.tuple(ms, ms), { maxLength: 40 });
    fc.assert(
      fc.property(calls, (spans) => {
        const marks = laneOf(
          spans.map(([atMs, durationMs], index) => call(`c${index}`, atMs, durationMs)),
          "upstream",
        );
        expect(marks.length).toBe(spans.length);
        for (let row = 0; row < LANE_ROWS - 1; row++) {
          const inRow = marks.filter((mark) => mark.row === row);
          inRow.slice(1).forEach((mark, index) => {
            expect(mark.fromMs).toBeGreaterThanOrEqual(inRow[index]?.toMs ?? 0);
          });
        }
        expect(marks.every(({ row }) => row >= 0 && row < LANE_ROWS)).toBe(true);
      }),
    );
  });
});

describe("the merged list", () => {
  it("is in the order of time, with gaps where they belong", () => {
    const items = mergedList({
      entries: [call("b", 20, 1), call("a", 10, 1)],
      gaps: [
        {
          kind: "lines_missing",
          requestId: null,
          timestamp: new Date(10).toISOString(),
          message: "4 lines are missing here",
        },
      ],
    });
    expect(items.map(({ id }) => id)).toEqual(["a", "gap-0", "b"]);
  });
});

describe("the zoom", () => {
  const whole = { fromMs: 0, toMs: 100_000 };
  it("stays inside the whole and is never empty, whatever the address says", () => {
    const bound = fc.option(fc.integer({ min: -1e12, max: 1e12 }));
    fc.assert(
      fc.property(bound, bound, (fromMs, toMs) => {
        const view = zoomed(whole, fromMs, toMs);
        expect(view.fromMs).toBeGreaterThanOrEqual(whole.fromMs);
        expect(view.toMs).toBeLessThanOrEqual(whole.toMs);
        expect(view.toMs).toBeGreaterThan(view.fromMs);
      }),
    );
  });

  it("goes closer and back to the whole", () => {
    const closer = zoomBy(whole, whole, 0.5);
    expect(closer).toEqual({ fromMs: 25_000, toMs: 75_000 });
    expect(zoomBy(whole, closer ?? whole, 4)).toBeNull();
    let view = whole;
    for (let step = 0; step < 60; step++) view = zoomBy(whole, view, 0.4) ?? view;
    expect(view.toMs).toBeGreaterThan(view.fromMs);
  });
});

describe("what the lanes show", () => {
  it("is what reaches into view, however little", () => {
    const view = { fromMs: 10, toMs: 20 };
    const shown = (fromMs: number, toMs: number) => isInView({ fromMs, toMs }, view);
    expect([shown(0, 9), shown(0, 10), shown(0, 30), shown(12, 12), shown(20, 40), shown(21, 40)]).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  });
  it("changes by one name at a time, and is nothing special when none is hidden", () => {
    expect(toggled([], "gateway")).toEqual(["gateway"]);
    expect(toggled(["gateway"], "runtime")).toEqual(["gateway", "runtime"]);
    expect(toggled(["gateway", "runtime"], "gateway")).toEqual(["runtime"]);
    expect(toggled(["gateway"], "gateway")).toBeNull();
  });
});

describe("the address of the timeline", () => {
  const load = (query: string) => loadTimelineSearch(new URLSearchParams(query));
  it("names a request, a session or a window; what it cannot read counts as absent", () => {
    expect(subjectOf(load("requestId=req_1"))).toEqual({ requestId: "req_1" });
    expect(subjectOf(load("session=0123456789abcdef"))).toEqual({ session: "0123456789abcdef" });
    expect(subjectOf(load("session=../../etc"))).toBeNull();
    expect(subjectOf(load("requestId=%00"))).toBeNull();
    expect(subjectOf(load("from=2026-11-20T15:00:01Z"))).toBeNull();
    const window = { from: "2026-11-20T15:00:00.000Z", to: "2026-11-20T15:00:01.000Z" };
    expect(subjectOf(load("from=2026-11-20T15:00:01Z&to=2026-11-20T15:00:00Z"))).toEqual(window);
    expect(load("margin=30000").margin).toBe(30_000);
    expect(load("margin=999999999").margin).toBe(5_000);
  });
});
