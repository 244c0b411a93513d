/** Lines per second over the last few seconds. Times are milliseconds of one clock that never goes back. */
export class RateMeter {
  static readonly #BUCKET_MS = 250;
  static readonly #BUCKETS = 12;
  readonly #counts = new Float64Array(RateMeter.#BUCKETS);
  #bucket = 0;
  #startedMs: number | null = null;

  add(lines: number, nowMs: number): void {
    this.#startedMs ??= nowMs;
    this.#advance(nowMs);
    const slot = this.#bucket % RateMeter.#BUCKETS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + lines;
  }

  /** The rate up to now; 0 before the first line. */
  perSecond(nowMs: number): number {
    if (this.#startedMs === null) return 0;
    this.#advance(nowMs);
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const windowMs = (RateMeter.#BUCKETS - 1) * RateMeter.#BUCKET_MS + (nowMs % RateMeter.#BUCKET_MS);
    return (total * 1_000) / Math.max(1_000, Math.min(windowMs, nowMs - this.#startedMs));
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / RateMeter.#BUCKET_MS);
    const passed = Math.min(bucket - this.#bucket, RateMeter.#BUCKETS);
    for (let step = 0; step < passed; step++) {
      this.#counts[(bucket - step) % RateMeter.#BUCKETS] = 0;
    }
    if (bucket > this.#bucket) this.#bucket = bucket;
  }
}

/** Clocks that seem to differ by less than a heartbeat may travel count as equal. */
const CLOCKS_EQUAL_MS = 250;

/**
 * How late lines arrive, from the call of `console` to the page. The clocks of server and browser may differ, so the
 * smallest difference seen at a heartbeat counts as the difference of the clocks, unless travelling explains it.
 */
export class LagMeter {
  #differenceMs: number | null = null;
  #lagMs: number | null = null;

  /** A heartbeat that the server sent at `serverMs` arrived at `nowMs`. */
  heartbeat(serverMs: number, nowMs: number): void {
    const difference = nowMs - serverMs;
    if (this.#differenceMs === null || difference < this.#differenceMs) this.#differenceMs = difference;
  }

  /** A line written at `timestampMs` (server clock) arrived now. */
  line(timestampMs: number, nowMs: number): void {
    if (timestampMs <= 0) return;
    const lag = Math.max(0, nowMs - timestampMs - this.#clockOffsetMs);
    this.#lagMs = this.#lagMs === null ? lag : this.#lagMs * 0.7 + lag * 0.3;
  }

  /** Milliseconds, or null while the clocks were not compared or no line arrived. */
  get lagMs(): number | null {
    return this.#differenceMs === null || this.#lagMs === null ? null : Math.round(this.#lagMs);
  }

  get #clockOffsetMs(): number {
    const difference = this.#differenceMs ?? 0;
    return difference >= 0 && difference <= CLOCKS_EQUAL_MS ? 0 : difference;
  }
}
