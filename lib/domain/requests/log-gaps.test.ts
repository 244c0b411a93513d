import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConsoleLine, RequestRow, UpstreamCall } from "#lib/contract/index.ts";
import { gapWithoutGateway, missingLines, shouldHaveTraces, tracesOf } from "./log-gaps.ts";

const NOW_MS = Date.parse("2026-03-10T12:00:00Z");
const at = (seq: number, epoch = "e1", timestamp = NOW_MS + seq) => ({ epoch, seq, timestamp });
const LATER_MS = NOW_MS + 1e9;

describe("missing numbers", () => {
  test("a hole is told once, with exactly how many lines it is and when it begins", () => {
    const gaps = missingLines(
      [1, 2, 6, 7, 9].map((seq) => at(seq)),
      [],
      LATER_MS,
    );
    expect(gaps).toMatchObject([
      { kind: "lines_missing", timestamp: new Date(NOW_MS + 2).toISOString() },
      { kind: "lines_missing", timestamp: new Date(NOW_MS + 7).toISOString() },
    ]);
    expect(gaps[0]?.message).toContain("3 lines are missing");
    expect(gaps[1]?.message).toContain("1 line is missing");
  });

  test("epochs count for themselves: the end of one and the start of another are no hole", () => {
    expect(missingLines([at(7, "a"), at(8, "a"), at(1, "b"), at(2, "b")], [], LATER_MS)).toEqual([]);
  });

  test("a line that came with another time is not missing", () => {
    expect(missingLines([at(1), at(4)], [at(2), at(3)], LATER_MS)).toEqual([]);
    expect(missingLines([at(1), at(4)], [at(2), at(2), at(2, "other")], LATER_MS)[0]?.message).toContain(
      "1 line is",
    );
  });

  test("what was written just now may still be on its way", () => {
    expect(missingLines([at(1), at(9)], [], NOW_MS + 5)).toEqual([]);
  });

  test("whatever lines are taken away, as many are told as missing between the first and the last", () => {
    const subset = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(subset, fc.array(fc.integer({ min: 1, max: 60 })), (seqs, elsewhere) => {
        const told = missingLines(
          seqs.map((seq) => at(seq)),
          elsewhere.map((seq) => at(seq)),
          LATER_MS,
        )
          .map(({ message }) => Number.parseInt(message.replaceAll(",", ""), 10))
          .reduce((sum, count) => sum + count, 0);
        const known = new Set([...seqs, ...elsewhere]);
        let missing = 0;
        for (let seq = Math.min(...seqs); seq <= Math.max(...seqs); seq++) if (!known.has(seq)) missing += 1;
        expect(told).toBe(missing);
      }),
    );
  });
});

describe("a request that only one side saw", () => {
  const line = (requestId: string | undefined, timestamp: number): ConsoleLine =>
    ({ requestId, timestamp }) as ConsoleLine;
  const call = (requestId: string | null, ms: number): UpstreamCall =>
    ({ requestId, timestamp: new Date(ms).toISOString() }) as UpstreamCall;

  test("traces are counted by request, with when the first and the last of them was", () => {
    const traces = tracesOf(
      [line("r1", 5), line(undefined, 1), line("r1", 9)],
      [call("r1", 2), call(null, 3)],
    );
    expect([...traces.values()]).toEqual([{ requestId: "r1", lines: 2, calls: 1, fromMs: 2, toMs: 9 }]);
  });

  test("the words say what the runtime left", () => {
    const message = (lines: number, calls: number) =>
      gapWithoutGateway({ requestId: "r", lines, calls, fromMs: 0, toMs: 0 }).message;
    expect(message(1, 0)).toContain("wrote 1 line for");
    expect(message(0, 2)).toContain("made 2 upstream calls for");
    expect(message(2, 1)).toContain("wrote 2 lines and made 1 upstream call for");
  });

  const row = (over: Partial<RequestRow>): RequestRow =>
    ({ version: "1.0.0", kind: "request", outcome: "timeout", httpStatus: 504, ...over }) as RequestRow;

  test.each<[string, Partial<RequestRow>, boolean]>([
    ["a timeout of hosted code", {}, true],
    ["a runtime that failed", { outcome: "runtime_error", httpStatus: 502 }, true],
    ["a call for which there was no runtime", { outcome: "runtime_error", httpStatus: 503 }, false],
    ["a tool that just says nothing", { outcome: "ok", httpStatus: 200 }, false],
    ["a tool that fails silently", { outcome: "tool_error", httpStatus: 200 }, false],
    ["a denial", { outcome: "grant_denied", httpStatus: 403 }, false],
    ["a connected server, whose console is elsewhere", { version: null }, false],
    ["a probe", { kind: "probe" }, false],
  ])("the silence of %s is evidence: %#", (_name, over, isEvidence) => {
    expect(shouldHaveTraces(row(over))).toBe(isEvidence);
  });
});
