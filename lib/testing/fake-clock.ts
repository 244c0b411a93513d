import type { Clock } from "#lib/kernel/clock.ts";

/** A clock that stands still until the test moves it. */
export interface FakeClock extends Clock {
  /** Moves wall and monotonic time forward. */
  advance(ms: number): void;
  /** Sets wall time only, as a correction of the system clock would. */
  setWall(epochMs: number): void;
}

/** Starts at `startMs`, by default 2026-03-01T12:00:00Z. */
export function fakeClock(startMs = Date.UTC(2026, 2, 1, 12)): FakeClock {
  let wallMs = startMs;
  let monotonicMs = 1_000;
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    advance(ms) {
      wallMs += ms;
      monotonicMs += ms;
    },
    setWall(epochMs) {
      wallMs = epochMs;
    },
  };
}
