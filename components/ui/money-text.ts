import { formatUsd, microsOf } from "#lib/kernel/money.ts";

/** How amounts of money are written: with the sign only where it is negative, or always (a change). */
export type MoneySign = "negative" | "always";

const MINUS = "\u2212";

/** Micros as people read them, exact to the last one: `$12.50`, `$0.000145`, `−$3.20`; `always`: `+$12.50`. */
export function moneyText(micros: string | bigint, sign: MoneySign = "negative"): string {
  const amount = typeof micros === "bigint" ? micros : microsOf(micros);
  const absolute = `$${formatUsd(amount < 0n ? -amount : amount)}`;
  if (amount < 0n) return `${MINUS}${absolute}`;
  return sign === "always" && amount > 0n ? `+${absolute}` : absolute;
}

/** The same amount with all six decimals and in micros: what stands behind a shown amount. */
export function fullMoneyText(micros: string | bigint): string {
  const amount = typeof micros === "bigint" ? micros : microsOf(micros);
  const [whole = "", fraction = ""] = formatUsd(amount, { groups: false }).split(".");
  return `${whole}.${fraction.padEnd(6, "0")} USD = ${amount} micros`;
}
