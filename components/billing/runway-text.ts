import type { Runway } from "#lib/contract/index.ts";

const YEAR_DAYS = 365;
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** How long the credits last, in words that promise no more than is known. */
export function runwayText({ state, daysLow, daysHigh }: Runway): string {
  switch (state) {
    case "empty":
      return "no credits left";
    case "idle":
      return "nothing is spent";
    case "accumulating":
      return "runway: accumulating, known after 24 h and 30 billed calls";
    case "estimated":
      return daysLow === null || daysHigh === null
        ? "runway unknown"
        : `lasts ${daysText(daysLow, daysHigh)} at this pace`;
  }
}

function daysText(low: number, high: number): string {
  if (low >= YEAR_DAYS) return "more than a year";
  const digits = high < 10 ? oneDigit : whole;
  const [first, last] = [digits.format(low), high >= YEAR_DAYS ? "365+" : digits.format(high)];
  return first === last ? `${first} ${first === "1" ? "day" : "days"}` : `${first}–${last} days`;
}
