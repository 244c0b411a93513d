import { utcMonthOf } from "#lib/kernel/utc-month.ts";

/** Names the calendar month in UTC, e.g. `2026-11`; remembers its bounds, so that asking again costs two comparisons. */
export class Month {
  #last = utcMonthOf(0);

  of(epochMs: number): string {
    if (epochMs < this.#last.startMs || epochMs >= this.#last.endMs) this.#last = utcMonthOf(epochMs);
    return this.#last.key;
  }
}
