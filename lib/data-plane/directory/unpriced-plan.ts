import type { ServerEntry } from "./entry.ts";

/** What costs nothing: our own canary, and servers of tests that are not about money. */
export const UNPRICED_PLAN: ServerEntry["plan"] = {
  priceVersion: "unpriced@1",
  prices: { perCallMicros: 0n, per100MsMicros: 0n, per64KibMicros: 0n },
  isPriced: false,
};
