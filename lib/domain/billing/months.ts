import { utcMonthNamed, utcMonthOf } from "#lib/kernel/utc-month.ts";

/** Calendar months in UTC, named `2026-11`. */

export const monthStartMs = (month: string): number => utcMonthNamed(month).startMs;
export const monthEndMs = (month: string): number => utcMonthNamed(month).endMs;

/** The months from `first` to `last`, both included: at most the last `monthsMax` of them, oldest first. */
export function monthsBetween(first: string, last: string, monthsMax: number): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = utcMonthOf(monthEndMs(month)).key) months.push(month);
  return months.slice(-monthsMax);
}
