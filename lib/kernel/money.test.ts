import fc from "fast-check";
import { expect, it } from "vitest";
import { formatUsd, isMicros, MICROS_MAX, microsOf, microsOfUsd, splitMicros } from "./money.ts";

it("reads canonical whole numbers only, exactly, beyond what a number holds", () => {
  expect(microsOf("9007199254740993")).toBe(9_007_199_254_740_993n);
  expect(microsOf(String(MICROS_MAX))).toBe(MICROS_MAX);
  for (const text of [
    "",
    "-0",
    "00",
    "01",
    "1.5",
    "1e3",
    " 1",
    "+1",
    "NaN",
    "Infinity",
    "9223372036854775808",
    "٣",
  ])
    expect(isMicros(text), text).toBe(false);
  expect(() => microsOf("0.1")).toThrow(RangeError);
});

it("writes dollars without losing a micro", () => {
  expect(formatUsd(1_250_000n)).toBe("1.25");
  expect(formatUsd(-1_204_500_000n)).toBe("-1,204.50");
  expect(formatUsd(45n)).toBe("0.000045");
  expect(formatUsd(0n)).toBe("0.00");
  expect(formatUsd(9_007_199_254_740_993n)).toBe("9,007,199,254.740993");
  const micros = fc.bigInt({ min: -MICROS_MAX, max: MICROS_MAX });
  fc.assert(
    fc.property(micros, (amount) => {
      const [whole = "", fraction = ""] = formatUsd(amount, { groups: false }).split(".");
      expect(BigInt(whole.replace("-", "") + fraction.padEnd(6, "0"))).toBe(amount < 0n ? -amount : amount);
    }),
  );
});

it("splits so that the parts sum exactly and none is off by more than one micro", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
  fc.assert(
    fc.property(
      amount,
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 }),
      (total, weights) => {
        const sum = weights.reduce((left, right) => left + right, 0n);
        fc.pre(sum > 0n);
        const parts = splitMicros(total, weights);
        expect(parts.reduce((left, right) => left + right, 0n)).toBe(total);
        parts.forEach((part, index) => {
          const exact = total * (weights[index] ?? 0n);
          expect(part * sum - exact <= sum && exact - part * sum <= sum).toBe(true);
        });
      },
    ),
  );
});

it("reads dollars as a person writes them, and nothing that is no exact amount", () => {
  for (const [text, micros] of [
    ["12.5", 12_500_000n],
    [" $1,204.50 ", 1_204_500_000n],
    ["-$3", -3_000_000n],
    ["0.000045", 45n],
    ["0", 0n],
    ["9223372036854.775807", MICROS_MAX],
  ] as const)
    expect(microsOfUsd(text), text).toBe(micros);
  for (const text of [
    "",
    "$",
    ".5",
    "5.",
    "1.0000001",
    "1,20",
    "1e3",
    "+1",
    "12,5",
    "NaN",
    "9223372036854.775808",
    "1".repeat(99),
  ])
    expect(microsOfUsd(text), text).toBeNull();
  fc.assert(
    fc.property(fc.bigInt({ min: -MICROS_MAX, max: MICROS_MAX }), (amount) => {
      expect(microsOfUsd(formatUsd(amount))).toBe(amount);
    }),
  );
});
