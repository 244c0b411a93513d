import type { PlanTerms } from "./plan-terms.ts";

/** Started units of one call. */
export interface PriceUnits {
  calls: number;
  hundredMs: number;
  kib64: number;
}

const KIB64_BYTES = 65_536;
const startedUnits = (size: number, unit: number): number => Math.max(0, Math.ceil(size / unit));

/**
 * What one billed call costs, rounded once: started units times their prices. Nothing counts beyond the plan's caps,
 * which end a call anyhow, so the amount never exceeds `callPriceCap`.
 */
export function callPrice(
  { prices, caps }: Pick<PlanTerms, "prices" | "caps">,
  use: { durationMs: number; responseBytes: number },
): { amountMicros: bigint; units: PriceUnits } {
  const units = {
    calls: 1,
    hundredMs: startedUnits(Math.min(use.durationMs, caps.toolCallDurationMsMax), 100),
    kib64: startedUnits(Math.min(use.responseBytes, caps.responseBytesMax), KIB64_BYTES),
  };
  const amountMicros =
    prices.perCallMicros +
    prices.per100MsMicros * BigInt(units.hundredMs) +
    prices.per64KibMicros * BigInt(units.kib64);
  return { amountMicros, units };
}

/** The most that one call can cost: what is set aside before it runs. */
export const callPriceCap = (terms: Pick<PlanTerms, "prices" | "caps">): bigint =>
  callPrice(terms, {
    durationMs: terms.caps.toolCallDurationMsMax,
    responseBytes: terms.caps.responseBytesMax,
  }).amountMicros;
