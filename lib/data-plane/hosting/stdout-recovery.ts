import { limits } from "#lib/kernel/limits.ts";
import type { RuntimeLine } from "./console-line.ts";

/**
 * Every console line of a runtime comes twice: by the tail, with its request, and by stdout, which needs no turn of the
 * event loop and outlives a crash. The tail is shown; stdout is kept until the tail has caught up, and shown in its
 * place when it has not: after a hang of `recoverAfterMs`, or when the runtime is gone. Lines are matched by method and
 * text, as a multiset. Memory is bounded; when a bound is hit, a line may go unrecovered, but none is shown twice.
 */
export interface StdoutRecovery {
  /** A line by the tail: true when it is new and to be shown. */
  tail(line: RuntimeLine): boolean;
  /** A line by stdout. */
  stdout(line: RuntimeLine): void;
  /** The tail gave up `count` lines and said so. */
  tailShed(count: number): void;
  /** Lines that only stdout has, oldest first: those older than `recoverAfterMs`, or all of them. */
  take(which: "overdue" | "all"): RuntimeLine[];
  /**
   * Lines that neither came by the tail nor can be recovered, each counted once: the runtime drops them silently when
   * one turn writes more than its tail can queue. Known when both streams were quiet for `recoverAfterMs`, when the
   * gap stood for `lostAfterMs`, or at the end. While the runtime is `held` by its code, its tail may still come.
   */
  takeLost(runtime: "answering" | "held" | "ended"): number;
}

const { stdoutLinesKept, recoveredLinesRememberedMax, recoverAfterMs, lostAfterMs } = limits.console;

const keyOf = (line: RuntimeLine): string => `${line.method}\n${line.message}`;

/** Counts by key that remember at most `sizeMax` occurrences, oldest forgotten first. */
function createTally(sizeMax: number): {
  add(key: string): void;
  remove(key: string): boolean;
  readonly size: number;
} {
  const counts = new Map<string, number>();
  let size = 0;
  const remove = (key: string): boolean => {
    const count = counts.get(key);
    if (count === undefined) return false;
    if (count === 1) counts.delete(key);
    else counts.set(key, count - 1);
    size--;
    return true;
  };
  return {
    add(key) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      size++;
      const oldest = counts.keys().next().value;
      if (size > sizeMax && oldest !== undefined) remove(oldest);
    },
    remove,
    get size() {
      return size;
    },
  };
}

export function createStdoutRecovery(monotonicMs: () => number): StdoutRecovery {
  let waiting: { key: string; line: RuntimeLine; atMs: number }[] = [];
  /** Tail lines whose stdout twin has not been read yet. */
  const ahead = createTally(recoveredLinesRememberedMax);
  /** Lines already shown from stdout, whose tail twin may still come. */
  const recovered = createTally(recoveredLinesRememberedMax);

  /** Lines that stdout had and nobody accounts for yet; below zero while the tail is ahead. */
  let unaccounted = 0;
  let lastLineMs = monotonicMs();
  /** The smallest gap since `sinceMs`: lines on their way were in it only at first. */
  let gap = { smallest: 0, sinceMs: lastLineMs };
  const missing = (): number => Math.max(0, unaccounted - waiting.length);

  return {
    tail(line) {
      lastLineMs = monotonicMs();
      const key = keyOf(line);
      if (recovered.remove(key)) return false;
      unaccounted--;
      const at = waiting.findIndex((entry) => entry.key === key);
      if (at >= 0) waiting.splice(at, 1);
      else ahead.add(key);
      return true;
    },
    stdout(line) {
      lastLineMs = monotonicMs();
      unaccounted++;
      const key = keyOf(line);
      if (ahead.remove(key)) return;
      waiting.push({ key, line, atMs: lastLineMs });
      if (waiting.length > stdoutLinesKept) waiting.shift();
    },
    tailShed(count) {
      unaccounted -= count;
      // Which lines those were is unknown; what waits here may be among them.
      waiting = [];
    },
    take(which) {
      const bound = which === "all" ? Number.POSITIVE_INFINITY : monotonicMs() - recoverAfterMs;
      const room = which === "all" ? waiting.length : recoveredLinesRememberedMax - recovered.size;
      const due = waiting.filter(({ atMs }) => atMs <= bound).slice(0, room);
      if (due.length === 0) return [];
      waiting = waiting.slice(due.length);
      unaccounted -= due.length;
      for (const { key } of due) recovered.add(key);
      return due.map(({ line }) => line);
    },
    takeLost(runtime) {
      const nowMs = monotonicMs();
      if (runtime === "held") {
        gap = { smallest: missing(), sinceMs: nowMs };
        return 0;
      }
      gap.smallest = Math.min(gap.smallest, missing());
      const isQuiet = nowMs - lastLineMs >= recoverAfterMs && waiting.length === 0;
      const isOver = nowMs - gap.sinceMs >= lostAfterMs;
      const isEnd = runtime === "ended";
      if (!isEnd && !isQuiet && !isOver) return 0;
      const count = isEnd || isQuiet ? missing() : gap.smallest;
      unaccounted -= count;
      gap = { smallest: missing(), sinceMs: nowMs };
      return count;
    },
  };
}
