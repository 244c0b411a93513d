/** Numbers from a seed: the same ones every time. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Event {
  atMs: number;
  order: number;
  run(): void;
}

/** Longer than any chain of promises between two events. */
const TICKS = 30;

/** Time that passes only from one event to the next; what promises do meanwhile takes no time. */
export class VirtualTime {
  nowMs = 0;
  readonly #heap: Event[] = [];
  #order = 0;
  #isStirred = false;

  at(atMs: number, run: () => void): void {
    this.#push({ atMs: Math.max(atMs, this.nowMs), order: this.#order++, run });
  }

  /** The event that runs now lets promises go on. */
  stir(): void {
    this.#isStirred = true;
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run);
  }

  /** Runs everything up to `untilMs`. */
  async run(untilMs: number): Promise<void> {
    for (;;) {
      const [next] = this.#heap;
      if (next === undefined || next.atMs > untilMs) break;
      this.#pop();
      this.nowMs = next.atMs;
      next.run();
      if (!this.#isStirred) continue;
      this.#isStirred = false;
      for (let tick = 0; tick < TICKS; tick++) await null;
    }
    this.nowMs = untilMs;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, event)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = heap[left + 1];
      let child = heap[left];
      let at = left;
      if (right !== undefined && child !== undefined && isBefore(right, child)) {
        child = right;
        at = left + 1;
      }
      if (child === undefined || isBefore(last, child)) break;
      heap[index] = child;
      index = at;
    }
    heap[index] = last;
  }
}

const isBefore = (left: Event, right: Event): boolean =>
  left.atMs === right.atMs ? left.order < right.order : left.atMs < right.atMs;
