import { LOG_LEVELS, type LogLevel } from "#lib/contract/index.ts";

/** What the queue needs to know of an item: how much it matters and about how much memory it takes. */
export interface Weight {
  level: LogLevel;
  bytes: number;
}

interface Lane<Item> {
  items: { item: Item; bytes: number }[];
  /** Index of the oldest item that is still waiting. */
  start: number;
}

const COMPACT_AT = 1_024;
/** What is shed nearly always. */
const NOTHING: readonly never[] = [];

/**
 * A queue bounded by items and bytes. When it is full, the oldest item of the lowest level makes room: debug goes
 * first, then info, then warn, then error; a new item that matters less than all that wait is shed itself.
 */
export class SheddingQueue<Item> {
  readonly #lanes: Lane<Item>[] = LOG_LEVELS.map(() => ({ items: [], start: 0 }));
  readonly #weigh: (item: Item) => Weight;
  readonly #itemsMax: number;
  readonly #bytesMax: number;
  #count = 0;
  #bytes = 0;

  constructor(weigh: (item: Item) => Weight, itemsMax: number, bytesMax: number) {
    this.#weigh = weigh;
    this.#itemsMax = itemsMax;
    this.#bytesMax = bytesMax;
  }

  get size(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes `item`; answers what was shed for it, which may be the item itself. */
  push(item: Item): readonly Item[] {
    const { level, bytes } = this.#weigh(item);
    const rank = LOG_LEVELS.indexOf(level);
    let shed: readonly Item[] = NOTHING;
    while (this.#count > 0 && (this.#count >= this.#itemsMax || this.#bytes + bytes > this.#bytesMax)) {
      const lane = this.#lanes
        .slice(0, rank + 1)
        .find((candidate) => candidate.start < candidate.items.length);
      const oldest = lane && this.#shift(lane);
      if (oldest === undefined) return [...shed, item];
      shed = [...shed, oldest];
    }
    this.#lanes[rank]?.items.push({ item, bytes });
    this.#count += 1;
    this.#bytes += bytes;
    return shed;
  }

  /** True when `bytes` more would push nothing out. */
  fits(bytes: number): boolean {
    return this.#count < this.#itemsMax && this.#bytes + bytes <= this.#bytesMax;
  }

  /** Takes the oldest items out, those that matter most first: up to `itemsMax`, and no more once `bytesMax` is reached. */
  take(itemsMax: number, bytesMax = Number.POSITIVE_INFINITY): Item[] {
    const taken: Item[] = [];
    const bytesBefore = this.#bytes;
    for (const lane of [...this.#lanes].reverse()) {
      while (taken.length < itemsMax && bytesBefore - this.#bytes < bytesMax) {
        const item = this.#shift(lane);
        if (item === undefined) break;
        taken.push(item);
      }
    }
    return taken;
  }

  #shift(lane: Lane<Item>): Item | undefined {
    const oldest = lane.items[lane.start];
    if (!oldest) return undefined;
    lane.start += 1;
    if (lane.start >= COMPACT_AT && lane.start * 2 >= lane.items.length) {
      lane.items = lane.items.slice(lane.start);
      lane.start = 0;
    }
    this.#count -= 1;
    this.#bytes -= oldest.bytes;
    return oldest.item;
  }
}
