/** The smallest round number (an even multiple of a power of ten) that is at least `max`, so that an axis ends on it. */
export function roundCeiling(max: number): number {
  if (max <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(max));
  const step = [1, 2, 4, 6, 8, 10].find((candidate) => candidate * power >= max) ?? 10;
  return step * power;
}
