import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OUTCOMES, SOURCES } from "#lib/contract/index.ts";
import { serverEntry } from "#lib/testing/mcp/index.ts";
import { bill } from "./index.ts";
import { priceCapOf, priceOf } from "./tariff.ts";
import { zeroRateOf } from "./verdict.ts";

const micros = fc.bigInt({ min: 0n, max: 9_007_199_254_740_993n });
const priced = (prices: { perCallMicros: bigint; per100MsMicros: bigint; per64KibMicros: bigint }) =>
  serverEntry("orders", { plan: { priceVersion: "metered@1", prices, isPriced: true } });
const PRICES = { perCallMicros: 100n, per100MsMicros: 10n, per64KibMicros: 1n };

describe("the price of a call", () => {
  it("is never above what was set aside, and is its units times the prices, exactly", () => {
    fc.assert(
      fc.property(
        fc.record({ perCallMicros: micros, per100MsMicros: micros, per64KibMicros: micros }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.nat({ max: 2 ** 31 - 1 }),
        (prices, durationMs, responseBytes) => {
          const server = priced(prices);
          const { amountMicros, units } = priceOf(server, { durationMs, responseBytes });
          expect(amountMicros <= priceCapOf(server)).toBe(true);
          expect(amountMicros).toBe(
            prices.perCallMicros * BigInt(units.calls) +
              prices.per100MsMicros * BigInt(units.hundredMs) +
              prices.per64KibMicros * BigInt(units.kib64),
          );
        },
      ),
    );
  });

  it.each([
    [0, 0, 1, 0],
    [100, 65_536, 1, 1],
    [100.001, 65_537, 2, 2],
    [9e9, 9e9, 300, 512],
  ])(
    "counts started units up to the caps: %d ms and %d bytes",
    (durationMs, responseBytes, hundredMs, kib64) => {
      expect(priceOf(priced(PRICES), { durationMs, responseBytes }).units).toEqual({
        calls: 1,
        hundredMs,
        kib64,
      });
    },
  );
});

describe("the verdict", () => {
  const verdictOf = (over: Partial<Parameters<typeof zeroRateOf>[0]>, isPriced = true) =>
    zeroRateOf({ kind: "request", source: "agent", outcome: "ok", ...over }, isPriced);

  it("bills what a server answered to a real caller, and nothing else", () => {
    const billed = SOURCES.flatMap((source) =>
      OUTCOMES.filter((outcome) => verdictOf({ source, outcome }) === null).map(
        (outcome) => `${source} ${outcome}`,
      ),
    );
    expect(billed).toEqual([
      "agent ok",
      "agent tool_error",
      "embed ok",
      "embed tool_error",
      "external ok",
      "external tool_error",
    ]);
  });

  it.each([
    [{ source: "smoke", outcome: "budget_denied" }, "test"],
    [{ outcome: "credit_denied" }, "denied"],
    [{ outcome: "protocol_error" }, "refused"],
    [{ outcome: "canceled" }, "platform_fault"],
    [{ kind: "notification" }, "protocol"],
  ] as const)("says why %j is free", (call, reason) => {
    expect(verdictOf(call)).toBe(reason);
  });

  it("of a plan without prices is always free, and keeps the better reason", () => {
    expect(verdictOf({}, false)).toBe("unpriced");
    expect(verdictOf({ outcome: "timeout" }, false)).toBe("platform_fault");
  });

  it("comes with a charge exactly when it is billed, with amounts as text", () => {
    const call = { server: priced(PRICES), hold: null, kind: "request", source: "external" } as const;
    expect(bill({ ...call, outcome: "ok", durationMs: 150, responseBytes: 10 }).billing).toEqual({
      verdict: "billed",
      charge: {
        amountMicros: "121",
        units: { calls: 1, hundredMs: 2, kib64: 1 },
        priceVersion: "metered@1",
        leases: { organization: null, agent: null, user: null, session: null },
      },
    });
    expect(bill({ ...call, outcome: "runtime_error", durationMs: 150, responseBytes: 10 }).billing).toEqual({
      verdict: "zero_rated:platform_fault",
      charge: null,
    });
  });
});
