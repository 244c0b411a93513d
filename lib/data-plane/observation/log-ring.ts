import { limits } from "#lib/kernel/limits.ts";
import type { ConsoleFact } from "./facts.ts";

/** What an entry costs beside its message; measured roughly, meant for a bound. */
const ENTRY_OVERHEAD_BYTES = 200;

const sizeOf = (fact: ConsoleFact): number =>
  Math.min(fact.bytes, limits.logStream.messageBytesMax) + ENTRY_OVERHEAD_BYTES;

/** The newest lines of one server, bounded by entries and by bytes. Sequence numbers are contiguous from 1. */
export class LogRing {
  readonly #slots: (ConsoleFact | undefined)[] = [];
  readonly #entriesMax: number;
  readonly #bytesMax: number;
  #head = 0;
  #count = 0;
  #bytes = 0;

  constructor(
    entriesMax: number = limits.logStream.ringEntriesMax,
    bytesMax: number = limits.logStream.ringBytesMax,
  ) {
    this.#entriesMax = entriesMax;
    this.#bytesMax = bytesMax;
  }

  /** The newest sequence number; 0 when there never was a line. */
  get head(): number {
    return this.#head;
  }

  /** The oldest sequence number that is still here; `head + 1` when the ring is empty. */
  get tail(): number {
    return this.#head - this.#count + 1;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The line with that number, or undefined when it is gone or has not come yet. */
  at(seq: number): ConsoleFact | undefined {
    return seq >= this.tail && seq <= this.#head ? this.#slots[(seq - 1) % this.#entriesMax] : undefined;
  }

  /** Takes the line numbered `head + 1`; the oldest lines make room for it. */
  append(fact: ConsoleFact): void {
    if (fact.seq !== this.#head + 1) throw new RangeError(`expected line ${this.#head + 1}, got ${fact.seq}`);
    const bytes = sizeOf(fact);
    while (this.#count > 0 && (this.#count >= this.#entriesMax || this.#bytes + bytes > this.#bytesMax)) {
      this.dropOldest();
    }
    this.#slots[(fact.seq - 1) % this.#entriesMax] = fact;
    this.#head = fact.seq;
    this.#count += 1;
    this.#bytes += bytes;
  }

  /** Forgets the oldest line. */
  dropOldest(): void {
    const oldest = this.at(this.tail);
    if (!oldest) return;
    this.#slots[(oldest.seq - 1) % this.#entriesMax] = undefined;
    this.#count -= 1;
    this.#bytes -= sizeOf(oldest);
  }
}
