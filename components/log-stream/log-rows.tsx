"use client";

import { type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import { ROW_HEIGHT_PX, windowOf } from "#lib/client/log-stream/row-layout.ts";
import type { LineRow, LogRow as Row } from "#lib/client/log-stream/rows.ts";
import type { ViewerSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";
import { LoadOlder } from "./load-older.tsx";
import { LogRow, SOURCE_PX } from "./log-row.tsx";
import { LogRowDetails } from "./log-row-details.tsx";
import { hasSign, layoutOf, wrappedHeight } from "./row-geometry.ts";
import { useBox, useCharacterWidth } from "./use-box.ts";
import { PILL_PX, useRowScroll } from "./use-row-scroll.ts";

/** Rows painted beyond the screen while somebody scrolls; a following list shows its end only. */
const OVERSCAN_ROWS = 6;

export interface RowsHandle {
  /** Scrolls so that a row stands in the middle. */
  reveal(n: number): void;
  /** Scrolls as far as the details of a row need that are about to open, until somebody scrolls. */
  keepInView(n: number): void;
  scrollToTop(): void;
  /** Row number of the lowest row that is at least partly on the screen; -1 when there is none. */
  lowestVisible(): number;
}

interface LogRowsProps {
  scroller: RefObject<HTMLElement | null>;
  handle: RefObject<RowsHandle | null>;
  store: LogStreamStore;
  snapshot: ViewerSnapshot;
  isWrapped: boolean;
  active: number | null;
  isSelected: (n: number) => boolean;
  opened: ReadonlyMap<number, number>;
  /** True while reaching the end must not resume: something at the end is being read. */
  staysPaused: boolean;
  /** Names of the servers watched together; empty when it is one. */
  sourceNames: readonly string[];
  requestHref: (requestId: string, source: number) => string;
  lineHref: (row: LineRow) => string;
  aroundHref: (row: LineRow) => string;
  /** Null when nothing is filtered out. */
  onShowInContext: ((row: LineRow) => void) | null;
  onLoadOlder: () => void;
  onFilterRequest: (requestId: string) => void;
  isPinned: (row: LineRow) => boolean;
  onTogglePin: (row: LineRow) => void;
  onToggleGroup: (n: number) => void;
  onDetailsHeight: (n: number, heightPx: number) => void;
}

/**
 * The window into the rows: only what is on the screen is in the document. A following list stands at its end; a
 * paused one does not move by itself, not even by a pixel.
 */
export function LogRows(props: LogRowsProps) {
  const { scroller, store, snapshot, isWrapped, opened } = props;
  const { view, find, seenTo, liveHeightPx } = snapshot;
  const isMerged = props.sourceNames.length > 0;
  const { widthPx, heightPx } = useBox(scroller);
  const spacer = useRef<HTMLDivElement>(null);
  const characterPx = useCharacterWidth(spacer);
  const heightOf = useMemo(
    () =>
      isWrapped && widthPx > 0
        ? wrappedHeight(widthPx - (isMerged ? SOURCE_PX : 0), window.innerWidth, characterPx)
        : null,
    [isWrapped, isMerged, widthPx, characterPx],
  );
  const [measuredWith, setMeasuredWith] = useState<typeof heightOf>(null);
  // External system: the store sums up the heights of a live list, since it knows what comes and goes.
  useLayoutEffect(() => {
    store.wrapTo(heightOf);
    setMeasuredWith(() => heightOf);
  }, [store, heightOf]);
  const layout = useMemo(
    () => layoutOf(view, liveHeightPx, measuredWith, opened),
    [view, liveHeightPx, measuredWith, opened],
  );
  const scrollPx = useRowScroll({ ...props, layout, heightPx });
  const topPx = view.isFrozen ? scrollPx : Math.max(0, layout.totalPx - heightPx);
  const shown = windowOf(layout, topPx, heightPx, view.isFrozen ? OVERSCAN_ROWS : 1);
  // A row keeps its element while it is on the screen; elements of rows that left are used again for new ones.
  const slots = Math.ceil(heightPx / ROW_HEIGHT_PX) + 2 * OVERSCAN_ROWS + 3;
  const rows: ReactNode[] = [];
  for (let index = shown.from; index < shown.to; index++) {
    const row = view.rowAt(index);
    if (row === undefined) continue;
    const group = view.groupAt(index);
    rows.push(
      <LogRow
        key={slotOf(view.firstPosition + index, slots)}
        row={row}
        group={group.kind}
        lines={group.to - group.from}
        isOpen={group.isOpen}
        heightPx={measuredWith === null ? ROW_HEIGHT_PX : measuredWith(row, hasSign(group))}
        isWrapped={isWrapped}
        isActive={row.n === props.active}
        isSelected={props.isSelected(row.n)}
        isFirstUnseen={seenTo !== null && row.n > seenTo && isSeen(view.rowAt(index - 1), seenTo)}
        ranges={find.query === null ? null : store.matchRanges(row.n)}
        isCurrentMatch={row.n === find.current}
        sourceName={isMerged && row.kind !== "mark" ? (props.sourceNames[row.source] ?? null) : null}
        requestHref={props.requestHref}
      />,
    );
    if (row.kind === "line" && opened.has(row.n)) {
      rows.push(
        <LogRowDetails
          key={`details-${row.n}`}
          row={row}
          group={group}
          last={view.all.rowAt(group.to - 1) ?? row}
          isPinned={props.isPinned(row)}
          onTogglePin={props.onTogglePin}
          onToggleGroup={props.onToggleGroup}
          requestHref={props.requestHref}
          lineHref={props.lineHref}
          aroundHref={props.aroundHref}
          onShowInContext={props.onShowInContext}
          onFilterRequest={props.onFilterRequest}
          onHeight={props.onDetailsHeight}
        />,
      );
    }
  }
  return (
    <div
      ref={spacer}
      // Its height counts at once, also where reduced motion gives every change a moment.
      className="transition-none! relative min-h-full font-mono text-xs leading-5"
      style={{ height: layout.totalPx + (view.isFrozen ? PILL_PX : 0) }}
    >
      <div className="absolute inset-x-0" style={{ top: layout.topOf(shown.from) }}>
        {rows}
      </div>
      {topPx < ROW_HEIGHT_PX ? (
        <div className="sticky top-1.5 z-10 flex h-0 items-start justify-end pr-3">
          <LoadOlder older={snapshot.older} onLoad={props.onLoadOlder} />
        </div>
      ) : null}
    </div>
  );
}

const slotOf = (position: number, slots: number): number => ((position % slots) + slots) % slots;

const isSeen = (row: Row | undefined, seenTo: number): boolean => row !== undefined && row.n <= seenTo;
