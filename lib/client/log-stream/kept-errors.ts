import { Ring } from "./ring.ts";
import type { LineRow, LogRow } from "./rows.ts";

/** An error that outlived the ring, and how many lines between it and the kept error before it did not. */
interface KeptError {
  readonly row: LineRow;
  readonly goneBefore: number;
}

/** Errors that fell out of a ring of lines, and how many other lines fell out between them. */
export class KeptErrors {
  readonly #errors: Ring<KeptError>;
  /** Lines that are gone after the newest kept error. */
  #goneLast = 0;

  constructor(errorsMax: number) {
    this.#errors = new Ring(errorsMax);
  }

  /** A line that is no error is gone. */
  lineGone(): void {
    this.#goneLast++;
  }

  /** Keeps an error; the oldest is gone when there are too many. */
  keep(row: LineRow): void {
    const forgotten = this.#errors.push({ row, goneBefore: this.#goneLast });
    this.#goneLast = 0;
    const oldest = this.#errors.get(this.#errors.first);
    if (forgotten === undefined || oldest === undefined) return;
    const goneBefore = oldest.goneBefore + forgotten.goneBefore + 1;
    this.#errors.replace(this.#errors.first, { row: oldest.row, goneBefore });
  }

  /**
   * Takes out the newest errors for which `isBack` holds, oldest first: they and other lines, `linesBack` in all, came
   * back by another way and are no longer counted as gone.
   */
  takeBack(isBack: (row: LineRow) => boolean, linesBack: number): LineRow[] {
    const taken: LineRow[] = [];
    for (let last = this.#errors.last(); last !== undefined && isBack(last.row); last = this.#errors.last()) {
      this.#errors.pop();
      this.#goneLast += last.goneBefore;
      taken.unshift(last.row);
    }
    this.#goneLast -= Math.max(0, Math.min(this.#goneLast, linesBack - taken.length));
    return taken;
  }

  clear(): void {
    this.#errors.clear();
    this.#goneLast = 0;
  }

  /** The errors that are shown, and where lines are gone a mark that says how many. */
  rows(shows: (row: LineRow) => boolean): LogRow[] {
    const rows: LogRow[] = [];
    let gone = 0;
    // Marks stand between whole row numbers, so that numbers increase all the way down.
    const mark = (n: number): void => {
      if (gone > 0) rows.push({ kind: "mark", n, mark: "trimmed", count: gone });
      gone = 0;
    };
    for (const { row, goneBefore } of this.#errors.slice()) {
      gone += goneBefore;
      if (!shows(row)) continue;
      mark(row.n - 0.5);
      rows.push(row);
    }
    gone += this.#goneLast;
    mark((this.#errors.last()?.row.n ?? -1) + 0.5);
    return rows;
  }
}
