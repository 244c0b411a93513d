import fc from "fast-check";
import { expect, it } from "vitest";
import { callPrice, callPriceCap } from "./call-price.ts";

const terms = {
  prices: { perCallMicros: 100n, per100MsMicros: 5n, per64KibMicros: 10n },
  caps: {
    toolCallDurationMsMax: 30_000,
    requestBytesMax: 1,
    responseBytesMax: 8_388_608,
    hostedServersMax: 1,
    retentionDaysMax: 1,
    viewersMax: 1,
  },
};

it("counts every started unit whole", () => {
  expect(callPrice(terms, { durationMs: 0, responseBytes: 0 })).toEqual({
    amountMicros: 105n,
    units: { calls: 1, hundredMs: 1, kib64: 0 },
  });
  expect(callPrice(terms, { durationMs: 100.01, responseBytes: 65_537 })).toEqual({
    amountMicros: 130n,
    units: { calls: 1, hundredMs: 2, kib64: 2 },
  });
});

it("never costs more than the cap that was set aside, however long and large a call was", () => {
  const size = fc.double({ min: 0, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(size, size, (durationMs, responseBytes) => {
      const { amountMicros, units } = callPrice(terms, { durationMs, responseBytes });
      expect(amountMicros).toBeLessThanOrEqual(callPriceCap(terms));
      expect(amountMicros).toBe(100n + 5n * BigInt(units.hundredMs) + 10n * BigInt(units.kib64));
    }),
  );
});
