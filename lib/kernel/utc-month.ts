/** A calendar month in UTC: budgets begin anew with it. Times in epoch milliseconds, `endMs` exclusive. Browser-safe. */
export interface UtcMonth {
  /** `2026-11`. */
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The month that holds `ms`. */
export function utcMonthOf(ms: number): UtcMonth {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return {
    key: date.toISOString().slice(0, 7),
    startMs: Date.UTC(year, month),
    endMs: Date.UTC(year, month + 1),
  };
}

/** The month of a key such as `2026-11`. */
export const utcMonthNamed = (key: string): UtcMonth => utcMonthOf(Date.parse(`${key}-01T00:00:00.000Z`));
