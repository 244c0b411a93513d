/** One limit that a request has to keep: so many calls per minute, or so many at once. */
export interface CallLimit {
  /** What is counted, e.g. one principal on one server. Begins with the gateway's id. */
  readonly key: string;
  readonly kind: "per_minute" | "at_once";
  readonly max: number;
}

/** Whether all limits leave room for a request. */
export type LimitVerdict =
  | {
      ok: true /** Gives the places back; null when none are held. Does no harm when called again. */;
      release: (() => void) | null;
    }
  | { ok: false /** The first limit that leaves no room. */; limit: CallLimit; retryAfterMs: number };

/** Counts calls. All limits of a request are taken together or not at all. */
export interface CallLimiter {
  /** `calls`: how many calls the request carries; a batch that does not fit is refused whole. */
  take(limits: readonly CallLimit[], calls: number): LimitVerdict | Promise<LimitVerdict>;
  close(): Promise<void>;
}

export const WINDOW_MS = 60_000;

/**
 * A sliding window of a minute, made of two fixed ones: the last minute counts with the share of it that is still within
 * the last sixty seconds. `offsetMs` is how far the current minute has come.
 */
export function usedInWindow(previous: number, current: number, offsetMs: number): number {
  return (previous * (WINDOW_MS - offsetMs)) / WINDOW_MS + current;
}

/** Milliseconds until `calls` more fit below `max`. */
export function waitForRoom(
  { previous, current, offsetMs }: { previous: number; current: number; offsetMs: number },
  calls: number,
  max: number,
): number {
  const restMs = WINDOW_MS - offsetMs;
  // A batch that never fits is told to come back when the window is empty.
  if (calls > max) return WINDOW_MS;
  if (current + calls <= max && previous > 0) {
    return Math.max(1, Math.ceil(restMs - ((max - calls - current) * WINDOW_MS) / previous));
  }
  // In the next minute what is counted now fades away.
  const fadeMs = current === 0 ? 0 : WINDOW_MS - ((max - calls) * WINDOW_MS) / current;
  return Math.max(1, Math.ceil(restMs + Math.max(0, fadeMs)));
}
