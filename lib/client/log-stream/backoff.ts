/**
 * Milliseconds to wait before try number `attempt` (0 is the first retry): random up to a bound that doubles, so
 * that viewers who lost the same server do not come back at the same moment. `random` is in [0, 1).
 */
export function reconnectDelayMs(
  attempt: number,
  random: number,
  bounds: { readonly minMs: number; readonly maxMs: number },
): number {
  const bound = Math.min(bounds.maxMs, bounds.minMs * 2 ** Math.min(attempt, 30));
  return Math.round(bounds.minMs + random * (bound - bounds.minMs));
}
