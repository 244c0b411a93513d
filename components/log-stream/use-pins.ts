"use client";

import { useRef, useState } from "react";
import { notify } from "#components/ui/notify.ts";
import type { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import {
  isPinned,
  isSameLine,
  numberOfPin,
  type PinnedLines,
  pinned,
  unpinned,
} from "#lib/client/log-stream/pinned-lines.ts";
import type { LineRow, LogRow } from "#lib/client/log-stream/rows.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";

const NO_PINS: PinnedLines = [];

/** The lines somebody pinned in one viewer. `moveTo` brings the list to a row number. */
export function usePins(store: LogStreamStore, moveTo: (n: number) => void) {
  const [pins, setPins] = useState(NO_PINS);
  const visited = useRef<LineRow | null>(null);

  const pin = (rows: readonly LogRow[]): void => {
    const lines = rows.filter((row) => row.kind === "line");
    const next = pinned(pins, lines);
    if (next === null)
      notify.info(`At most ${viewerLimits.pinnedLinesMax} lines can be pinned. Unpin some first.`);
    else setPins(next);
  };
  const unpin = (row: LineRow): void => setPins((last) => unpinned(last, row));
  const jump = (to: LineRow): void => {
    visited.current = to;
    store.pause("key");
    const n = numberOfPin(store.getSnapshot().view.all, to);
    if (n !== null) moveTo(n);
    else {
      notify.info("This line is not in the list now", {
        description: "It left the buffer, or the filter hides it. It stays pinned.",
      });
    }
  };
  return {
    pins,
    isPinned: (row: LineRow): boolean => isPinned(pins, row),
    pin,
    unpin,
    toggle: (row: LineRow): void => (isPinned(pins, row) ? unpin(row) : pin([row])),
    unpinAll: (): void => setPins(NO_PINS),
    jump,
    /** To the pinned line after the one visited last. */
    jumpToNext(): void {
      const last = visited.current;
      const at = last === null ? -1 : pins.findIndex((candidate) => isSameLine(candidate, last));
      const next = pins[(at + 1) % Math.max(1, pins.length)];
      if (next !== undefined) jump(next);
    },
  };
}
