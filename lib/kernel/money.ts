/**
 * Money and credits are whole micro-USD ("micros"): `bigint` in memory and in the database, decimal strings on every
 * wire, never a JavaScript number, which is exact only up to 2^53. 1 credit = 1 USD = 1,000,000 micros. Browser-safe.
 */

/** Micros of one US dollar, which is one credit. */
export const MICROS_PER_USD = 1_000_000n;

/** The largest amount a `bigint` column holds. */
export const MICROS_MAX = 9_223_372_036_854_775_807n;

const DECIMAL = /^(?:0|-?[1-9][0-9]{0,18})$/;

/** Whether `text` is a whole number of micros in its one canonical form that a `bigint` column holds. */
export function isMicros(text: string): boolean {
  if (!DECIMAL.test(text)) return false;
  const value = BigInt(text);
  return value <= MICROS_MAX && value >= -MICROS_MAX;
}

/** A decimal string as micros. Throws a RangeError for anything but a canonical whole number in range. */
export function microsOf(text: string): bigint {
  if (!isMicros(text)) throw new RangeError(`not an amount in micros: ${text.slice(0, 40)}`);
  return BigInt(text);
}

/**
 * An amount in USD, exact: at least two decimals, more only where they are not zero, e.g. `-1,204.50` or `0.000045`.
 * Without currency sign; `groups` false leaves out the thousands separators (for files).
 */
export function formatUsd(micros: bigint, { groups = true }: { groups?: boolean } = {}): string {
  const sign = micros < 0n ? "-" : "";
  const absolute = micros < 0n ? -micros : micros;
  const whole = String(absolute / MICROS_PER_USD);
  const fraction = String(absolute % MICROS_PER_USD)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${sign}${groups ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole}.${fraction}`;
}

const USD = /^(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,13})(?:\.([0-9]{1,6}))?$/;

/**
 * USD as a person writes it (`12.5`, `$1,204.50`, `0.000045`) as micros, or null when it is no amount, has more than six
 * decimals or is out of range.
 */
export function microsOfUsd(text: string): bigint | null {
  const [, sign = "", whole = "", fraction = ""] = USD.exec(text.trim().replace(/^(-?)\s*\$\s*/, "$1")) ?? [];
  if (whole === "") return null;
  const micros = BigInt(whole.replaceAll(",", "")) * MICROS_PER_USD + BigInt(fraction.padEnd(6, "0"));
  if (micros > MICROS_MAX) return null;
  return sign === "-" ? -micros : micros;
}

/**
 * Splits `total` (≥ 0) over `weights` (≥ 0, not all zero unless `total` is zero) so that the parts sum to it exactly:
 * largest remainder first, earlier ones first among equals.
 */
export function splitMicros(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((left, right) => left + right, 0n);
  if (sum === 0n) {
    if (total === 0n) return weights.map(() => 0n);
    throw new RangeError("nothing to split by");
  }
  const parts = weights.map((weight) => (total * weight) / sum);
  let rest = total - parts.reduce((left, right) => left + right, 0n);
  const order = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % sum }))
    .sort((left, right) =>
      left.remainder === right.remainder
        ? left.index - right.index
        : left.remainder > right.remainder
          ? -1
          : 1,
    );
  for (const { index } of order) {
    if (rest === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    rest -= 1n;
  }
  return parts;
}
