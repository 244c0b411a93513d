/**
 * A token bucket of lines for one runtime: a second's worth at once, then `linesPerSecondMax` steadily. What does not
 * fit is counted, and `takeShed` gives the count at most once per `noticeMs`.
 */
export interface LineBudget {
  /** True when one more line may pass. */
  allow(): boolean;
  /** Counts lines that were given up elsewhere. */
  shed(count: number): void;
  /** Lines given up since the last notice; 0 when there is nothing to say, or not yet (unless `now`). */
  takeShed(now?: boolean): number;
}

export function createLineBudget(
  linesPerSecondMax: number,
  noticeMs: number,
  monotonicMs: () => number,
): LineBudget {
  let tokens = linesPerSecondMax;
  let filledAtMs = monotonicMs();
  let shedCount = 0;
  let noticedAtMs = Number.NEGATIVE_INFINITY;
  return {
    allow() {
      if (tokens < 1) {
        const nowMs = monotonicMs();
        tokens = Math.min(linesPerSecondMax, tokens + ((nowMs - filledAtMs) / 1_000) * linesPerSecondMax);
        filledAtMs = nowMs;
      }
      if (tokens < 1) {
        shedCount++;
        return false;
      }
      tokens--;
      return true;
    },
    shed(count) {
      shedCount += count;
    },
    takeShed(now = false) {
      const nowMs = monotonicMs();
      if (shedCount === 0 || (!now && nowMs - noticedAtMs < noticeMs)) return 0;
      const count = shedCount;
      shedCount = 0;
      noticedAtMs = nowMs;
      return count;
    },
  };
}
