/** CPU time that may be spent: a bucket that refills steadily. It may be overdrawn by one piece of work, never by two. */
export class TimeBudget {
  readonly #msPerSecond: number;
  readonly #burstMs: number;
  readonly #nowMs: () => number;
  #leftMs: number;
  #filledAtMs: number;

  /** `nowMs` is a monotonic clock. */
  constructor(bounds: { readonly msPerSecond: number; readonly burstMs: number }, nowMs: () => number) {
    this.#msPerSecond = bounds.msPerSecond;
    this.#burstMs = bounds.burstMs;
    this.#nowMs = nowMs;
    this.#leftMs = bounds.burstMs;
    this.#filledAtMs = nowMs();
  }

  spend(ms: number): void {
    this.#fill();
    this.#leftMs -= ms;
  }

  /** What is left of a full bucket, from 1 down to 0 and below when it is overdrawn. */
  get leftShare(): number {
    this.#fill();
    return this.#leftMs / this.#burstMs;
  }

  #fill(): void {
    const nowMs = this.#nowMs();
    const refillMs = (Math.max(0, nowMs - this.#filledAtMs) / 1_000) * this.#msPerSecond;
    this.#filledAtMs = nowMs;
    this.#leftMs = Math.min(this.#burstMs, this.#leftMs + refillMs);
  }
}
