import { type Folding, joins, NO_FOLDING } from "./folding.ts";
import { Ring } from "./ring.ts";
import type { RowList } from "./row-list.ts";
import type { LogRow } from "./rows.ts";

/** The rows that a painted row stands for: indexes `from` up to but not including `to` of the list of all rows. */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** Where the rows come from: some above that change seldom, and a ring whose rows keep their position. */
export interface GroupedSource {
  readonly all: RowList;
  /** Rows above the ring; another array when they changed. */
  readonly head: readonly LogRow[];
  /** Positions of the ring's oldest row and behind its newest one. */
  readonly first: number;
  readonly end: number;
  at(position: number): LogRow | undefined;
}

/** Height of a row in pixels; `isGrouped` when it stands for more rows than itself. */
export type RowHeight = (row: LogRow, isGrouped: boolean) => number;

/**
 * The rows of a list that grows at one end and shrinks at the other, with neighbours that belong together as one.
 * Every row is in exactly one group, and groups stand in the order of their rows.
 */
export class GroupedRows {
  readonly #source: GroupedSource;
  /** Positions at which the groups of the ring begin. */
  readonly #starts: Ring<number>;
  #folding: Folding = NO_FOLDING;
  #heightOf: RowHeight | null = null;
  #ringPx = 0;
  #head: readonly LogRow[] | null = null;
  #headStarts: readonly number[] = [];
  #headPx = 0;

  constructor(source: GroupedSource, ringLinesMax: number) {
    this.#source = source;
    this.#starts = new Ring(ringLinesMax);
  }

  get folding(): Folding {
    return this.#folding;
  }

  setFolding(folding: Folding): void {
    this.#folding = folding;
    this.rebuild();
  }

  /** From now on `heightPx` is the sum of these heights; null: nobody wants to know. */
  measure(heightOf: RowHeight | null): void {
    this.#heightOf = heightOf;
    this.rebuild();
  }

  get count(): number {
    return this.#readHead().length + this.#starts.size;
  }

  /** `firstPosition + index` stays with a group while others come and go, until the list is rebuilt. */
  get firstPosition(): number {
    return this.#starts.first - this.#readHead().length;
  }

  get heightPx(): number {
    this.#readHead();
    return this.#headPx + this.#ringPx;
  }

  spanAt(index: number): RowSpan {
    const headStarts = this.#readHead();
    const headRows = this.#source.head.length;
    if (index < headStarts.length) {
      return { from: headStarts[index] ?? 0, to: headStarts[index + 1] ?? headRows };
    }
    const number = this.#starts.first + index - headStarts.length;
    const { first, end } = this.#source;
    const from = this.#starts.get(number) ?? end;
    return { from: headRows + from - first, to: headRows + this.#endOf(number) - first };
  }

  /** Where every group begins, as indexes of the list of all rows. */
  starts(): Int32Array {
    const headStarts = this.#readHead();
    const headRows = this.#source.head.length;
    const { first } = this.#source;
    const starts = new Int32Array(headStarts.length + this.#starts.size);
    starts.set(headStarts);
    for (let index = 0; index < this.#starts.size; index++) {
      const position = this.#starts.get(this.#starts.first + index) ?? first;
      starts[headStarts.length + index] = headRows + position - first;
    }
    return starts;
  }

  /** A row was appended to the ring. */
  appended(row: LogRow): void {
    this.#append(this.#source.end - 1, row);
  }

  /** The ring's oldest row is gone. */
  evicted(row: LogRow): void {
    const position = this.#source.first - 1;
    const number = this.#starts.first;
    if (this.#starts.get(number) !== position) return;
    const end = this.#endOf(number);
    const size = end - position;
    this.#count(row, size > 1, -1);
    if (size <= 1) {
      this.#starts.shift();
      return;
    }
    this.#starts.replace(number, position + 1);
    this.#count(this.#source.at(position + 1), size > 2, 1);
  }

  /** The list is another one, or other rows belong together now. */
  rebuild(): void {
    this.#head = null;
    this.#starts.clear();
    this.#ringPx = 0;
    for (let position = this.#source.first; position < this.#source.end; position++) {
      const row = this.#source.at(position);
      if (row !== undefined) this.#append(position, row);
    }
  }

  #append(position: number, row: LogRow): void {
    const start = this.#starts.last();
    const head = start === undefined ? undefined : this.#source.at(start);
    const last = this.#source.at(position - 1);
    if (start !== undefined && head !== undefined && last !== undefined) {
      const size = position - start;
      if (joins(row, { head, last, size }, this.#folding)) {
        if (size === 1) {
          this.#count(head, false, -1);
          this.#count(head, true, 1);
        }
        return;
      }
    }
    this.#starts.push(position);
    this.#count(row, false, 1);
  }

  #count(row: LogRow | undefined, isGrouped: boolean, sign: 1 | -1): void {
    if (this.#heightOf !== null && row !== undefined) this.#ringPx += sign * this.#heightOf(row, isGrouped);
  }

  #endOf(number: number): number {
    return this.#starts.get(number + 1) ?? this.#source.end;
  }

  #readHead(): readonly number[] {
    const { head } = this.#source;
    if (this.#head === head) return this.#headStarts;
    this.#head = head;
    const starts = groupStarts(head, head.length, this.#folding);
    this.#headStarts = starts;
    const heightOf = this.#heightOf;
    this.#headPx =
      heightOf === null
        ? 0
        : starts.reduce((sum, start, index) => {
            const row = head[start];
            const size = (starts[index + 1] ?? head.length) - start;
            return row === undefined ? sum : sum + heightOf(row, size > 1);
          }, 0);
    return starts;
  }
}

/**
 * Where the groups of `rows` begin. The first `headCount` rows were not all neighbours in the stream, so among them only
 * following numbers count as such.
 */
export function groupStarts(rows: readonly LogRow[], headCount: number, folding: Folding): number[] {
  const starts: number[] = [];
  rows.forEach((row, index) => {
    const start = starts[starts.length - 1];
    const head = start === undefined ? undefined : rows[start];
    const last = rows[index - 1];
    const isNeighbour = index > headCount || (index < headCount && row.n === (last?.n ?? Number.NaN) + 1);
    const isJoined =
      isNeighbour &&
      start !== undefined &&
      head !== undefined &&
      last !== undefined &&
      joins(row, { head, last, size: index - start }, folding);
    if (!isJoined) starts.push(index);
  });
  return starts;
}
