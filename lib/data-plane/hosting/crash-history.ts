import type { RuntimeLimits } from "./runtime-limits.ts";

/** Counts a server's crashes and says when it may start again. Times are monotonic milliseconds. */
export interface CrashHistory {
  /** Notes a crash; answers how long to wait before the next start. */
  crashed(nowMs: number): number;
  /** When a crash-looping server may try again; null when it is not crash looping at `nowMs`. */
  loopingUntilMs(nowMs: number): number | null;
  /** When the next start is due after the latest crash; 0 without one. */
  readonly nextStartMs: number;
  forget(): void;
}

/**
 * Backoff doubles with each crash inside the window. At the limit the server is crash looping for the longest delay;
 * then one attempt is made, and another crash inside the window starts the wait again.
 */
export function createCrashHistory(
  limits: Pick<
    RuntimeLimits,
    "restartDelayMsMin" | "restartDelayMsMax" | "crashesBeforeCrashLoop" | "crashWindowMs"
  >,
): CrashHistory {
  let crashes: number[] = [];
  let nextStartMs = 0;
  let loopUntilMs: number | null = null;
  return {
    crashed(nowMs) {
      crashes = [...crashes.filter((atMs) => nowMs - atMs < limits.crashWindowMs), nowMs].slice(
        -limits.crashesBeforeCrashLoop,
      );
      const isLooping = crashes.length >= limits.crashesBeforeCrashLoop;
      const delayMs = isLooping
        ? limits.restartDelayMsMax
        : Math.min(limits.restartDelayMsMax, limits.restartDelayMsMin * 2 ** (crashes.length - 1));
      nextStartMs = nowMs + delayMs;
      loopUntilMs = isLooping ? nextStartMs : null;
      return delayMs;
    },
    loopingUntilMs: (nowMs) => (loopUntilMs !== null && nowMs < loopUntilMs ? loopUntilMs : null),
    get nextStartMs() {
      return nextStartMs;
    },
    forget() {
      crashes = [];
      nextStartMs = 0;
      loopUntilMs = null;
    },
  };
}
