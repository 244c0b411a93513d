/**
 * A bounded sequence whose items keep their number: the oldest fall out at the front, numbers are never reused
 * by what is appended later, and reading by number costs a constant.
 */
export class Ring<Item> {
  readonly capacity: number;
  #slots: (Item | undefined)[] = [];
  #first = 0;
  #end = 0;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError("a ring holds at least one item");
    this.capacity = capacity;
  }

  /** The number of the oldest item; equals `end` when empty. */
  get first(): number {
    return this.#first;
  }

  /** The number that the next item will get. */
  get end(): number {
    return this.#end;
  }

  get size(): number {
    return this.#end - this.#first;
  }

  /** Appends and returns the item that fell out, if the ring was full. */
  push(item: Item): Item | undefined {
    const evicted = this.size === this.capacity ? this.shift() : undefined;
    this.#slots[this.#end % this.capacity] = item;
    this.#end++;
    return evicted;
  }

  /** Removes and returns the oldest item. */
  shift(): Item | undefined {
    if (this.size === 0) return undefined;
    const slot = this.#first % this.capacity;
    const item = this.#slots[slot];
    this.#slots[slot] = undefined;
    this.#first++;
    return item;
  }

  /** The item with that number, or undefined when it is gone or not there yet. */
  get(number: number): Item | undefined {
    return number >= this.#first && number < this.#end ? this.#slots[number % this.capacity] : undefined;
  }

  last(): Item | undefined {
    return this.get(this.#end - 1);
  }

  /** Puts another item in the place of one that is still there. */
  replace(number: number, item: Item): void {
    if (number >= this.#first && number < this.#end) this.#slots[number % this.capacity] = item;
  }

  /** Removes and returns the newest item; its number is given out again. */
  pop(): Item | undefined {
    if (this.size === 0) return undefined;
    this.#end--;
    const slot = this.#end % this.capacity;
    const item = this.#slots[slot];
    this.#slots[slot] = undefined;
    return item;
  }

  clear(): void {
    this.#slots = [];
    this.#first = this.#end;
  }

  /** The items with numbers `from` up to but not including `to`, oldest first. */
  slice(from = this.#first, to = this.#end): Item[] {
    const items: Item[] = [];
    for (let number = Math.max(from, this.#first); number < Math.min(to, this.#end); number++) {
      items.push(this.#slots[number % this.capacity] as Item);
    }
    return items;
  }
}
