import type { PlanCaps } from "#lib/contract/index.ts";
import type { PlanTerms } from "./plan-terms.ts";

/** What a price is made from. */
interface Priced {
  readonly prices: PlanTerms["prices"];
  readonly caps: Pick<PlanCaps, "toolCallDurationMsMax" | "responseBytesMax">;
}

/** Started units of one call. */
interface PriceUnits {
  calls: number;
  hundredMs: number;
  kib64: number;
}

const STEP_MS = 100;
const STEP_BYTES = 65_536;

/**
 * What one billed call costs, rounded once: started units times their prices. Nothing counts beyond the plan's caps,
 * which end a call anyhow, so the amount never exceeds `callPriceCap`.
 */
export function callPrice(
  { prices, caps }: Priced,
  use: { durationMs: number; responseBytes: number },
): { amountMicros: bigint; units: PriceUnits } {
  const units = {
    calls: 1,
    // However short a call was, it began.
    hundredMs: Math.max(1, Math.ceil(Math.min(use.durationMs, caps.toolCallDurationMsMax) / STEP_MS)),
    kib64: Math.ceil(Math.min(use.responseBytes, caps.responseBytesMax) / STEP_BYTES),
  };
  const amountMicros =
    prices.perCallMicros +
    prices.per100MsMicros * BigInt(units.hundredMs) +
    prices.per64KibMicros * BigInt(units.kib64);
  return { amountMicros, units };
}

/** The most that one call can cost: what is set aside before it runs. */
export const callPriceCap = (terms: Priced): bigint =>
  callPrice(terms, {
    durationMs: terms.caps.toolCallDurationMsMax,
    responseBytes: terms.caps.responseBytesMax,
  }).amountMicros;
