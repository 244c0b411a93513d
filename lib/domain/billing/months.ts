/** Calendar months in UTC, named `2026-11`. */

export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

export const monthStartMs = (month: string): number => Date.parse(`${month}-01T00:00:00.000Z`);

export const nextMonth = (month: string): string => {
  const start = new Date(monthStartMs(month));
  return monthOf(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
};

/** The months from `first` to `last`, both included: at most the last `monthsMax` of them, oldest first. */
export function monthsBetween(first: string, last: string, monthsMax: number): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = nextMonth(month)) months.push(month);
  return months.slice(-monthsMax);
}
