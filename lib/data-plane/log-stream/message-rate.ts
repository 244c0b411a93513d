/** A bucket that holds one second's worth of messages and refills steadily. */
export class MessageRate {
  readonly #perSecondMax: number;
  #tokens: number;
  #lastMs: number;

  constructor(perSecondMax: number, nowMs: number) {
    this.#perSecondMax = perSecondMax;
    this.#tokens = perSecondMax;
    this.#lastMs = nowMs;
  }

  /** Takes one message; false when there were too many. `nowMs` is monotonic. */
  take(nowMs: number): boolean {
    const refill = ((nowMs - this.#lastMs) / 1_000) * this.#perSecondMax;
    this.#tokens = Math.min(this.#perSecondMax, this.#tokens + refill);
    this.#lastMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
