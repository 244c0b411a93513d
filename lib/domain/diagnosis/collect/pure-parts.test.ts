import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Evidence } from "#lib/contract/index.ts";
import { computingMs } from "#lib/testing/computing-time.ts";
import { boundEvidence } from "../bound-evidence.ts";
import { changedNames } from "./changes.ts";
import { fingerprintOf } from "./error-groups.ts";
import { cutText } from "./evidence-text.ts";
import { lastHopOf } from "./failing-calls.ts";

describe("the names of what changed", () => {
  test("are told, and no value ever is", () => {
    const words = changedNames(
      { upstreamUrl: "https://old.example.com", name: "same" },
      {
        upstreamUrl: "https://new.example.com",
        name: "same",
        environment: { set: ["API_KEY"], removed: ["OLD"] },
        upstreamHeaders: { set: [], removed: [] },
      },
    );
    expect(words).toBe("upstreamUrl, environment: API_KEY, OLD");
    fc.assert(
      fc.property(fc.string({ minLength: 30 }), (value) => {
        expect(changedNames({ a: value }, { a: `${value}x`, environment: value })).toBe("a");
      }),
    );
    expect(changedNames(null, "text")).toBe("");
  });
});

describe("the fingerprint of an error", () => {
  const of = (error: string, tool: string | null = null) =>
    fingerprintOf({ outcome: "tool_error", tool, error });
  test("does not see numbers, ids and quotes, and sees all else", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.uuid(), fc.uuid(), (n, m, id, other) => {
        expect(of(`Order ${n} of ${id} is gone: 'a${n}'`)).toBe(of(`Order ${m} of ${other} is gone: 'b'`));
      }),
    );
    expect(of("Order 1 is gone")).not.toBe(of("Order 1 is late"));
    expect(of("x", "search")).not.toBe(of("x", "refund"));
  });
  test("takes no longer for hostile text", () => {
    const tookMs = computingMs(() => {
      for (const piece of ['"', "'", "a", "0", "req_", "f-"]) of(piece.repeat(300));
    });
    expect(tookMs).toBeLessThan(500);
  });
});

test("text is cut to its limit and stays text", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }), (codes) => {
      const text = String.fromCharCode(...codes);
      const cut = cutText(text, 10);
      expect(cut.length).toBeLessThanOrEqual(10);
      expect(cut.isWellFormed() && !cut.includes("\0")).toBe(true);
    }),
  );
});

test("the last hop is never further than something proves", () => {
  const call = { kind: "request", rpc_error_code: null, error: null, lines: false, upstream_calls: "0" };
  const hop = (own: object, isHosted = true) => lastHopOf({ ...call, outcome: "timeout", ...own }, isHosted);
  expect(hop({})).toBe("gateway");
  expect(hop({ lines: true })).toBe("runtime");
  expect(hop({ upstream_calls: "2" })).toBe("upstream");
  expect(hop({ outcome: "tool_error" })).toBe("runtime");
  expect(hop({ outcome: "tool_error" }, false)).toBe("upstream");
  expect(hop({ outcome: "upstream_error", error: "refused the connection" }, false)).toBe("gateway");
  expect(hop({ outcome: "upstream_error", error: "answered with HTTP 503." }, false)).toBe("upstream");
  expect(hop({ outcome: "auth_denied", upstream_calls: "2" })).toBe("gateway");
});

test("evidence that is too large loses its largest sections first, and says so", () => {
  const collected = (value: unknown) => ({ status: "collected", at: "", durationMs: 1, value });
  const empty = { smoke: {}, hosting: {}, gateway: {}, usage: {}, billing: {}, budget: {} };
  const evidence = {
    ...empty,
    logs: {
      counts: collected("small"),
      errors: collected("x".repeat(5_000)),
      failing: collected("y".repeat(900)),
    },
  } as unknown as Evidence;
  expect(boundEvidence(evidence, 10_000)).toBe(evidence);
  const { logs } = boundEvidence(evidence, 2_000);
  expect(logs.counts).toMatchObject({ status: "collected" });
  expect(logs.failing).toMatchObject({ status: "collected" });
  expect(logs.errors).toMatchObject({ status: "missing", message: expect.stringContaining("too large") });
});
