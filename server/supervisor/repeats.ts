/** Tells lines that are worth showing from those like one that was shown a moment ago. */
export interface Repeats {
  /** Null: leave it out. Else how many like it were left out since the last one that was shown. */
  take(line: string): number | null;
}

/** Shows a line once in `everyMs`; remembers up to `linesMax` different ones. */
export function createRepeats(everyMs: number, linesMax: number, nowMs: () => number): Repeats {
  const known = new Map<string, { shownMs: number; leftOut: number }>();
  return {
    take(line) {
      const last = known.get(line);
      if (last && nowMs() - last.shownMs < everyMs) {
        last.leftOut++;
        return null;
      }
      known.delete(line);
      known.set(line, { shownMs: nowMs(), leftOut: 0 });
      for (const oldest of known.keys()) {
        if (known.size <= linesMax) break;
        known.delete(oldest);
      }
      return last?.leftOut ?? 0;
    },
  };
}
