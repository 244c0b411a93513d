/** Names the calendar month in UTC, e.g. `2026-11`; remembers its bounds, so that asking again costs two comparisons. */
export class Month {
  #name = "";
  #fromMs = 0;
  #toMs = 0;

  of(epochMs: number): string {
    if (epochMs >= this.#fromMs && epochMs < this.#toMs) return this.#name;
    const date = new Date(epochMs);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    this.#fromMs = Date.UTC(year, month);
    this.#toMs = Date.UTC(year, month + 1);
    this.#name = date.toISOString().slice(0, 7);
    return this.#name;
  }
}
