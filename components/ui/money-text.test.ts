import fc from "fast-check";
import { expect, test } from "vitest";
import { fullMoneyText, moneyText } from "./money-text.ts";

test.each([
  ["0", "$0.00"],
  ["145", "$0.000145"],
  ["1250000", "$1.25"],
  ["-3200000", "−$3.20"],
  ["1204500010", "$1,204.50001"],
  ["9007199254740993", "$9,007,199,254.740993"],
])("%s micros are shown as %s, to the last one", (micros, shown) => {
  expect(moneyText(micros)).toBe(shown);
});

test("a change carries its sign, and nothing is neither added nor taken", () => {
  expect(moneyText("500000", "always")).toBe("+$0.50");
  expect(moneyText("-500000", "always")).toBe("−$0.50");
  expect(moneyText("0", "always")).toBe("$0.00");
});

test("no amount loses a micro on its way to the eye", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (micros) => {
      const [whole = "", fraction = ""] = moneyText(micros)
        .replace("−", "-")
        .replaceAll(/[$,]/g, "")
        .split(".");
      expect(BigInt(`${whole}${fraction.padEnd(6, "0")}`)).toBe(micros);
    }),
  );
});

test("the full amount has all decimals and the micros", () => {
  expect(fullMoneyText("-3200000")).toBe("-3.200000 USD = -3200000 micros");
});
