"use client";

import { type RefObject, useCallback, useRef, useState } from "react";
import { indexOfRow } from "#lib/client/log-stream/find.ts";
import { rowAsText } from "#lib/client/log-stream/line-text.ts";
import type { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import { isErrorRow, type LogRow } from "#lib/client/log-stream/rows.ts";
import type { RowsView } from "#lib/client/log-stream/viewer-snapshot.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { RowsHandle } from "./log-rows.tsx";

interface Selection {
  readonly anchor: number;
  readonly head: number;
}

const NOTHING_OPEN: ReadonlyMap<number, number> = new Map();
/** Height of details until they are measured. */
const DETAILS_GUESS_PX = 160;

/** What somebody does with the rows: which one is current, which are selected, which are open. */
export function useViewer(store: LogStreamStore, rows: RefObject<RowsHandle | null>) {
  const [active, setActive] = useState<number | null>(null);
  const [selection, setSelection] = useState<Selection | null>(null);
  const [opened, setOpened] = useState(NOTHING_OPEN);
  const view = (): RowsView => store.getSnapshot().view;
  const lastIndex = useRef(0);

  const rowsFromTo = (from: number, to: number): LogRow[] => {
    const found: LogRow[] = [];
    const { count, rowAt } = view();
    for (let index = 0; index < count; index++) {
      const row = rowAt(index);
      if (row !== undefined && row.n >= from && row.n <= to) found.push(row);
    }
    return found;
  };

  const goTo = (index: number): void => {
    const row = view().rowAt(index);
    if (row === undefined) return;
    lastIndex.current = index;
    setActive(row.n);
    rows.current?.reveal(row.n);
  };
  /** Where movement starts: the current row, or the lowest on the screen. */
  const startIndex = (): number => {
    const at = active === null ? -1 : indexOfRow(view(), active);
    return at === -1 ? indexOfRow(view(), rows.current?.lowestVisible() ?? -1) : at;
  };

  const toggle = (n: number): void => {
    store.pause("opened");
    setActive(n);
    setOpened((last) => {
      const next = new Map(last);
      if (!next.delete(n)) {
        const oldest = next.size >= viewerLimits.expandedRowsMax ? next.keys().next().value : undefined;
        if (oldest !== undefined) next.delete(oldest);
        next.set(n, DETAILS_GUESS_PX);
      }
      return next;
    });
  };

  const setDetailsHeight = useCallback((n: number, heightPx: number) => {
    setOpened((last) => (last.get(n) === heightPx || !last.has(n) ? last : new Map(last).set(n, heightPx)));
  }, []);

  /** Ends everything that belongs to a paused list. */
  const letGo = useCallback(() => {
    setActive(null);
    setSelection(null);
    setOpened(NOTHING_OPEN);
  }, []);

  return {
    active,
    selection,
    opened,
    setDetailsHeight,
    toggle,
    letGo,
    isSelected: (n: number): boolean =>
      selection !== null &&
      n >= Math.min(selection.anchor, selection.head) &&
      n <= Math.max(selection.anchor, selection.head),
    select(n: number, extend: boolean): void {
      store.pause("selection");
      setActive(n);
      setSelection((last) => {
        if (extend && last !== null) return { anchor: last.anchor, head: n };
        return last !== null && last.anchor === n && last.head === n ? null : { anchor: n, head: n };
      });
    },
    selectAll(): void {
      store.pause("selection");
      const { count, rowAt } = view();
      const first = rowAt(0);
      const last = rowAt(count - 1);
      if (first && last) setSelection({ anchor: first.n, head: last.n });
    },
    /** The selected lines, from the buffer: also those that are not on the screen. */
    selectedText(): string | null {
      if (selection === null) return null;
      const { anchor, head } = selection;
      return rowsFromTo(Math.min(anchor, head), Math.max(anchor, head)).map(rowAsText).join("\n");
    },
    /** Text of the rows from one to another, both included. */
    textBetween: (a: number, b: number): string =>
      rowsFromTo(Math.min(a, b), Math.max(a, b)).map(rowAsText).join("\n"),
    move(step: number): void {
      store.pause("key");
      goTo(Math.max(0, Math.min(view().count - 1, active === null ? startIndex() : startIndex() + step)));
    },
    moveTo(n: number): void {
      const index = indexOfRow(view(), n);
      if (index !== -1) goTo(index);
    },
    /** To the next or previous error; false when there is none in that direction. */
    moveToError(direction: 1 | -1): boolean {
      store.pause("key");
      const start = startIndex();
      const { count, rowAt } = view();
      const first = active === null && direction === -1 ? start : start + direction;
      for (let index = first; index >= 0 && index < count; index += direction) {
        const row = rowAt(index);
        if (row !== undefined && isErrorRow(row)) {
          goTo(index);
          return true;
        }
      }
      return false;
    },
  };
}
