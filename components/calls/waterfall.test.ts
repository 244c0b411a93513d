import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallStep } from "#lib/contract/call-timeline.ts";
import type { ConsoleLine, LogLevel, UpstreamCall } from "#lib/contract/index.ts";
import { roundTicks, stretchOf, waterfallOf } from "./waterfall.ts";

const line = (seq: number, timestamp: number, level: LogLevel = "info"): ConsoleLine => ({
  id: `log_${seq}`,
  epoch: "e",
  seq,
  timestamp,
  level,
  message: "hello",
  version: null,
});
const runtime = (seq: number, offsetMs: number, level: LogLevel = "info"): CallStep => ({
  kind: "runtime",
  id: `line-${seq}`,
  atMs: offsetMs,
  offsetMs,
  durationMs: null,
  level,
  summary: "hello",
  line: line(seq, offsetMs, level),
});
const upstream = (id: string, offsetMs: number, durationMs: number): CallStep => {
  const call: UpstreamCall = {
    id,
    requestId: null,
    timestamp: new Date(offsetMs).toISOString(),
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
  };
  return { kind: "upstream", id, atMs: offsetMs, offsetMs, durationMs, level: "info", summary: "", call };
};

describe("the waterfall of a call", () => {
  it("keeps every bar inside the scale, whatever the clocks say", () => {
    const ms = fc.double({ min: -1e7, max: 1e7, noNaN: true });
    const steps = fc.array(
      fc.oneof(
        fc.tuple(fc.nat(), ms).map(([seq, at]) => runtime(seq, at)),
        fc
          .tuple(fc.uuid(), ms, fc.double({ min: 0, max: 1e7, noNaN: true }))
          .map((args) => upstream(...args)),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, fc.double({ min: 0, max: 1e7, noNaN: true }), (given, durationMs) => {
        const { rows, fromMs, toMs } = waterfallOf({ steps: given, durationMs });
        expect(fromMs).toBeLessThanOrEqual(0);
        expect(toMs).toBeGreaterThan(fromMs);
        for (const { stretch } of rows) {
          expect(stretch.left).toBeGreaterThanOrEqual(0);
          expect(stretch.width).toBeGreaterThanOrEqual(0);
          expect(stretch.left + stretch.width).toBeLessThanOrEqual(100.000001);
        }
        const shown = rows.flatMap((row) =>
          row.kind === "lines" ? row.lines.map(({ id }) => id) : [row.step.id],
        );
        expect(shown, "nothing is left out, and nothing changes its place").toEqual(
          given.map((step) => (step.kind === "runtime" ? step.line.id : step.id)),
        );
      }),
    );
  });

  it("puts lines that nothing came between in one row, with the worst of their levels", () => {
    const steps = [runtime(1, 1), runtime(2, 2, "error"), upstream("u", 3, 4), runtime(3, 9, "debug")];
    const { rows } = waterfallOf({ steps, durationMs: 10 });
    expect(rows.map(({ kind }) => kind)).toEqual(["lines", "step", "lines"]);
    expect(rows[0]).toMatchObject({ worst: "error", offsetMs: 1, stretch: { left: 10, width: 10 } });
    expect(rows[0]?.kind === "lines" && rows[0].ticks.map(({ left }) => left)).toEqual([10, 20]);
    expect(rows[1]).toMatchObject({ stretch: { left: 30, width: 40 } });
    expect(rows[2]).toMatchObject({ worst: "debug" });
  });

  it("does not let a clock that is far off press the call into nothing", () => {
    const { rows, fromMs } = waterfallOf({
      steps: [runtime(1, -60_000), upstream("u", 0, 10)],
      durationMs: 10,
    });
    expect(fromMs).toBe(-10);
    expect(rows[1]).toMatchObject({ stretch: { left: 50, width: 50 } });
  });

  it("is not confused by a scale without length or a negative duration", () => {
    expect(stretchOf(5, 5, 3, 3)).toEqual({ left: 0, width: 0 });
    expect(stretchOf(5, -5, 0, 10)).toEqual({ left: 50, width: 0 });
  });
});

describe("the axis", () => {
  it("has one to five round moments inside the scale", () => {
    const span = fc.double({ min: 0.001, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), span, (fromMs, spanMs) => {
        const ticks = roundTicks(fromMs, fromMs + spanMs);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(5);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(fromMs - spanMs * 1e-6);
          expect(tick).toBeLessThanOrEqual(fromMs + spanMs * (1 + 1e-6));
        }
      }),
    );
    expect(roundTicks(0, 230)).toEqual([0, 100, 200]);
  });
});
