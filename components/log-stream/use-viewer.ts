"use client";

import { type RefObject, useCallback, useRef, useState } from "react";
import { rowAsShown, type ServerNames } from "#lib/client/log-stream/line-text.ts";
import type { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import { indexShowing, type RowsView, rowsOfGroup } from "#lib/client/log-stream/painted-rows.ts";
import { rowsBetween } from "#lib/client/log-stream/row-list.ts";
import { isErrorRow, type LineRow, type LogRow } from "#lib/client/log-stream/rows.ts";
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

  /** Every row from one painted row to another, with all that is folded there. */
  const rowsFromTo = (a: number, b: number): LogRow[] => {
    const last = indexShowing(view(), Math.max(a, b));
    const end = last === -1 ? undefined : rowsOfGroup(view(), last).at(-1)?.n;
    return rowsBetween(view().all, Math.min(a, b), end ?? Math.max(a, b));
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
    const at = active === null ? -1 : indexShowing(view(), active);
    return at === -1 ? indexShowing(view(), rows.current?.lowestVisible() ?? -1) : at;
  };
  const targetOf = (step: number): number =>
    Math.max(0, Math.min(view().count - 1, active === null ? startIndex() : startIndex() + step));

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
    /** The next or previous row belongs to the selection too. */
    extendSelection(step: 1 | -1): void {
      store.pause("selection");
      const anchor = selection?.anchor ?? active ?? view().rowAt(startIndex())?.n;
      goTo(targetOf(step));
      const head = view().rowAt(lastIndex.current)?.n;
      if (anchor !== undefined && head !== undefined) setSelection({ anchor, head });
    },
    /** The selected rows, from the buffer: also those that are not on the screen, and those that are folded. */
    selectedRows: (): LogRow[] => (selection === null ? [] : rowsFromTo(selection.anchor, selection.head)),
    rowsFromTo,
    /** Lines of the selection, folded ones included; gaps and remarks are none. */
    selectedCount: (): number =>
      selection === null
        ? 0
        : rowsFromTo(selection.anchor, selection.head).filter((row) => row.kind === "line").length,
    /** The current row if it is a line. */
    activeLine(): LineRow | null {
      const row = active === null ? undefined : view().rowAt(indexShowing(view(), active));
      return row?.kind === "line" ? row : null;
    },
    /** The selection as it stands on the screen. */
    selectedAsShown(servers: ServerNames): string {
      const shown: string[] = [];
      const rowsShown = view();
      if (selection === null) return "";
      const from = Math.max(0, indexShowing(rowsShown, Math.min(selection.anchor, selection.head)));
      const to = indexShowing(rowsShown, Math.max(selection.anchor, selection.head));
      for (let index = from; index <= to; index++) {
        const row = rowsShown.rowAt(index);
        if (row !== undefined) shown.push(rowAsShown(row, rowsShown.groupAt(index), servers));
      }
      return shown.join("\n");
    },
    move(step: number): void {
      store.pause("key");
      goTo(targetOf(step));
    },
    /** To a row, wherever it is folded. */
    moveTo(n: number): void {
      if (view().rowAt(indexShowing(view(), n))?.n !== n) store.setGroupOpen(n, true);
      const index = indexShowing(view(), n);
      if (index !== -1) goTo(index);
    },
    /** Opens or closes the lines folded with a row. */
    setGroupOpen(n: number, isOpen: boolean): void {
      store.pause("opened");
      const head = store.groupHeadOf(n);
      if (head === null) return;
      setActive(isOpen ? n : head);
      store.setGroupOpen(n, isOpen);
      rows.current?.reveal(isOpen ? n : head);
    },
    isGroupOpen(n: number): boolean {
      const index = indexShowing(view(), n);
      return index !== -1 && (view().groupAt(index).isOpen || view().groupAt(index).kind === "member");
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
