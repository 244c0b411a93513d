/** Bounds of the contract: half of the calls, and all but one in ten thousand. */
const OBJECTIVE_MIN = 0.5;
const OBJECTIVE_MAX = 0.9999;

/** `0.999` → `99.9`, as people write shares of calls. */
export const objectiveText = (objective: number): string => String(Math.round(objective * 1e6) / 1e4);

/** The share that a text in percent means; null for one that is none, or that may not be set. */
export function objectiveOf(text: string): number | null {
  if (!/^\s*\d{1,3}([.,]\d{1,4})?\s*%?\s*$/.test(text)) return null;
  const share = Math.round(Number(text.replace("%", "").replace(",", ".").trim()) * 1e4) / 1e6;
  return share >= OBJECTIVE_MIN && share <= OBJECTIVE_MAX ? share : null;
}
