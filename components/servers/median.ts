/** The middle duration of runs, in milliseconds. */
export function medianMs(runs: readonly { durationMs: number }[]): number | null {
  const sorted = runs.map(({ durationMs }) => durationMs).sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
