/** Budgets are of calendar months in UTC. */

/** The month of a moment as budgets name it: `2026-11`. */
export const periodOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

/** When a period begins and when the next one does, in epoch milliseconds. */
export function periodBounds(period: string): { startMs: number; endMs: number } {
  const [year = 0, month = 0] = period.split("-").map(Number);
  return { startMs: Date.UTC(year, month - 1, 1), endMs: Date.UTC(year, month, 1) };
}
