import { microsOf } from "#lib/kernel/money.ts";

/** From here on a budget is shown as running out. */
const NEAR = 0.8;

/** How much of a cap is spent, 0 to 1, and how that is shown. A cap of nothing is always used up. */
export function shareOfCap(
  spentMicros: string,
  capMicros: string,
): { share: number; level: "ok" | "near" | "used_up" } {
  const [spent, cap] = [microsOf(spentMicros), microsOf(capMicros)];
  if (spent >= cap) return { share: 1, level: "used_up" };
  // Whole ten-thousandths: a number holds them exactly, however large the amounts are.
  const share = spent <= 0n ? 0 : Number((spent * 10_000n) / cap) / 10_000;
  return { share, level: share >= NEAR ? "near" : "ok" };
}
