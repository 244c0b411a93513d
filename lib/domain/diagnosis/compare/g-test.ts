/** How two rows of counts differ, against what chance alone does to counts of that size. */
export interface GTest {
  /** The statistic: 0 when both rows have the same shares. */
  readonly g: number;
  readonly degreesOfFreedom: number;
  /** How often chance alone differs at least as much, 0 to 1; 1 where there is nothing to compare. */
  readonly pValue: number;
}

const NOTHING: GTest = { g: 0, degreesOfFreedom: 0, pValue: 1 };

/**
 * The G-test of independence (likelihood ratio) of a table of two rows: `now[i]` and `before[i]` count the same value. Values
 * that occur in neither do not count; with fewer than two values, or an empty row, there is nothing to compare.
 */
export function gTest(now: readonly number[], before: readonly number[]): GTest {
  const [nowTotal, beforeTotal] = [sum(now), sum(before)];
  const total = nowTotal + beforeTotal;
  if (nowTotal === 0 || beforeTotal === 0) return NOTHING;
  let values = 0;
  let half = 0;
  for (const [index, count] of now.entries()) {
    const other = before[index] ?? 0;
    const both = count + other;
    if (both === 0) continue;
    values++;
    half += term(count, (both * nowTotal) / total) + term(other, (both * beforeTotal) / total);
  }
  if (values < 2) return NOTHING;
  // Rounding may leave a trace below zero where the rows agree.
  const g = Math.max(0, 2 * half);
  return { g, degreesOfFreedom: values - 1, pValue: upperGamma((values - 1) / 2, g / 2) };
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
const term = (observed: number, expected: number): number =>
  observed === 0 ? 0 : observed * Math.log(observed / expected);

const ROUNDS_MAX = 500;
const ACCURACY = 1e-14;
const TINY = 1e-300;

/**
 * The regularized upper incomplete gamma function Q(a, x): the chance that a chi-squared value of 2a degrees of freedom is
 * above 2x. By its series below a + 1 and by Lentz's continued fraction above, where each converges fast.
 */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (scale === 0) return x < a ? 1 : 0;
  const result = x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
  return Math.min(1, Math.max(0, result));
}

function series(a: number, x: number): number {
  let addend = 1 / a;
  let total = addend;
  for (let n = 1; n < ROUNDS_MAX && addend > total * ACCURACY; n++) {
    addend *= x / (a + n);
    total += addend;
  }
  return total;
}

function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let result = d;
  for (let n = 1; n < ROUNDS_MAX; n++) {
    const factor = n * (a - n);
    b += 2;
    d = 1 / notZero(factor * d + b);
    c = notZero(b + factor / c);
    const change = c * d;
    result *= change;
    if (Math.abs(change - 1) < ACCURACY) break;
  }
  return result;
}

const notZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** Stirling's series, after moving `z` up to where it is exact to fourteen digits. `z` is above 0. */
function logGamma(z: number): number {
  let shift = 0;
  let at = z;
  for (; at < 15; at++) shift += Math.log(at);
  const inverse = 1 / at;
  const square = inverse * inverse;
  const correction = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + correction - shift;
}
