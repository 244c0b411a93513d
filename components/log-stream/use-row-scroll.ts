"use client";

import {
  type RefObject,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { LogStreamStore } from "#lib/client/log-stream/log-stream-store.ts";
import { indexShowing } from "#lib/client/log-stream/painted-rows.ts";
import { ROW_HEIGHT_PX, type RowLayout } from "#lib/client/log-stream/row-layout.ts";
import type { LogRow } from "#lib/client/log-stream/rows.ts";
import type { ViewerSnapshot } from "#lib/client/log-stream/viewer-snapshot.ts";
import type { RowsHandle } from "./log-rows.tsx";

/** Closer to the end than this counts as being there. */
const END_PX = 24;
/** A row at most this far off the screen is near. */
const NEAR_PX = 3 * ROW_HEIGHT_PX;
/** Room below the last row of a paused list, so that the pill hides nothing. */
export const PILL_PX = 52;

interface RowScrollOptions {
  scroller: RefObject<HTMLElement | null>;
  handle: RefObject<RowsHandle | null>;
  store: LogStreamStore;
  snapshot: ViewerSnapshot;
  layout: RowLayout;
  heightPx: number;
  staysPaused: boolean;
}

/** A row that keeps its place on the screen when the rows around it get other heights or another list comes. */
interface Anchor {
  readonly row: LogRow;
  readonly offsetPx: number;
}

/**
 * Follow or stay. Going up by wheel, finger, keys, scroll bar or by selecting text pauses; reaching the end resumes.
 * Gives the scroll position that a paused list is painted for.
 */
export function useRowScroll(options: RowScrollOptions): number {
  const { scroller, handle, store, snapshot, layout, heightPx } = options;
  const { view } = snapshot;
  const [scrollPx, setScrollPx] = useState(0);
  const anchor = useRef<Anchor | null>(null);
  const lastTopPx = useRef(0);
  /** Where we scrolled to ourselves: arriving there is nobody's wish. */
  const ownTopPx = useRef<number | null>(null);
  const keptInView = useRef<number | null>(null);
  /** A row that is about to enter the list and is to be shown then. */
  const awaited = useRef<number | null>(null);
  /** Where the list begins below the bars above it. */
  const listTopPx = useRef<number | null>(null);

  const remember = (topPx: number): void => {
    const index = layout.indexAt(topPx);
    const row = view.rowAt(index);
    anchor.current = row === undefined ? null : { row, offsetPx: topPx - layout.topOf(index) };
  };
  const scrollTo = (topPx: number): void => {
    const element = scroller.current;
    if (element === null) return;
    const target = Math.max(0, Math.min(topPx, layout.totalPx + PILL_PX - element.clientHeight));
    element.scrollTop = target;
    ownTopPx.current = element.scrollTop;
    lastTopPx.current = element.scrollTop;
    setScrollPx(element.scrollTop);
    remember(element.scrollTop);
  };
  /** Scrolls down until the row with its details is on the screen, but never past its beginning. */
  const showAll = (n: number): void => {
    const index = indexShowing(view, n);
    const topPx = scroller.current?.scrollTop ?? 0;
    const bottomPx = layout.topOf(index + 1) + PILL_PX;
    if (index === -1 || bottomPx <= topPx + heightPx) return;
    scrollTo(Math.min(layout.topOf(index), bottomPx - heightPx));
  };
  /** Shows a row: one just off the screen comes in, one far away to the middle. False when it is not in the list. */
  const reveal = (n: number): boolean => {
    const index = indexShowing(view, n);
    if (index === -1 || view.rowAt(index)?.n !== n) return false;
    const topPx = layout.topOf(index);
    const currentPx = scroller.current?.scrollTop ?? 0;
    const abovePx = currentPx - topPx;
    const belowPx = topPx + ROW_HEIGHT_PX - currentPx - heightPx;
    if (Math.max(abovePx, belowPx) > NEAR_PX) scrollTo(topPx - Math.floor(heightPx / 2));
    else if (abovePx > 0) scrollTo(topPx);
    else if (belowPx > 0) scrollTo(currentPx + belowPx);
    return true;
  };
  const pause = (reason: "scroll" | "selection"): void => {
    const element = scroller.current;
    if (element === null || store.getSnapshot().paused !== null) return;
    lastTopPx.current = element.scrollTop;
    remember(element.scrollTop);
    setScrollPx(element.scrollTop);
    store.pause(reason);
  };
  const distanceToEnd = (element: HTMLElement): number =>
    element.scrollHeight - element.clientHeight - element.scrollTop;
  const mayScroll = (element: HTMLElement): boolean => element.scrollHeight > element.clientHeight + 1;

  // A following list stands at its end after every paint; a paused one keeps its anchor when heights change.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another layout moves rows
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || heightPx === 0) return;
    // A bar that opens or closes above takes room at the top; what is being read stays where it is.
    const topPx = element.parentElement?.offsetTop ?? 0;
    const pushedPx = topPx - (listTopPx.current ?? topPx);
    listTopPx.current = topPx;
    if (!view.isFrozen) {
      element.scrollTop = layout.totalPx;
      lastTopPx.current = element.scrollTop;
      anchor.current = null;
      return;
    }
    const kept = anchor.current;
    if (kept === null) {
      scrollTo(element.scrollTop);
      return;
    }
    const index = indexOfAnchor(view, kept.row);
    if (index !== -1) scrollTo(layout.topOf(index) + kept.offsetPx + pushedPx);
    if (keptInView.current !== null) showAll(keptInView.current);
    if (awaited.current !== null) {
      const isHere = reveal(awaited.current);
      if (isHere) awaited.current = null;
    }
  }, [layout, heightPx]);

  const onScroll = useEffectEvent(() => {
    const element = scroller.current;
    if (element === null) return;
    const topPx = element.scrollTop;
    const wentDown = topPx > lastTopPx.current;
    const isOwn = ownTopPx.current === topPx;
    lastTopPx.current = topPx;
    if (store.getSnapshot().paused === null) {
      if (distanceToEnd(element) > END_PX) pause("scroll");
      return;
    }
    if (!isOwn) {
      ownTopPx.current = null;
      keptInView.current = null;
      awaited.current = null;
    }
    setScrollPx(topPx);
    remember(topPx);
    if (wentDown && !isOwn && !options.staysPaused && distanceToEnd(element) <= END_PX) store.resume();
  });
  const onWheel = useEffectEvent((event: WheelEvent) => {
    const element = scroller.current;
    if (element === null || event.ctrlKey) return;
    const isPaused = store.getSnapshot().paused !== null;
    if (event.deltaY < 0 && mayScroll(element)) pause("scroll");
    else if (event.deltaY > 0 && isPaused && !options.staysPaused && distanceToEnd(element) < 1)
      store.resume();
  });
  const onTouchMove = useEffectEvent(() => {
    const element = scroller.current;
    if (element !== null && mayScroll(element)) pause("scroll");
  });
  const onPointerDown = useEffectEvent((event: PointerEvent) => {
    const element = scroller.current;
    const isOnScrollbar =
      element !== null && event.target === element && event.offsetX >= element.clientWidth;
    if (isOnScrollbar) pause("scroll");
  });
  const onSelection = useEffectEvent(() => {
    const selection = document.getSelection();
    if (selection === null || selection.isCollapsed || selection.anchorNode === null) return;
    if (scroller.current?.contains(selection.anchorNode)) pause("selection");
  });
  // External system: the scrolling element and the text selection of the document.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const listeners = new AbortController();
    const on = { passive: true, signal: listeners.signal };
    element.addEventListener("scroll", () => onScroll(), on);
    element.addEventListener("wheel", (event) => onWheel(event), on);
    element.addEventListener("touchmove", () => onTouchMove(), on);
    element.addEventListener("pointerdown", (event) => onPointerDown(event), on);
    document.addEventListener("selectionchange", () => onSelection(), on);
    return () => listeners.abort();
  }, [scroller]);

  useImperativeHandle(handle, () => ({
    reveal(n) {
      awaited.current = reveal(n) ? null : n;
    },
    keepInView(n) {
      keptInView.current = n;
    },
    scrollToTop: () => scrollTo(0),
    lowestVisible() {
      const topPx = scroller.current?.scrollTop ?? 0;
      return view.rowAt(layout.indexAt(topPx + heightPx - 1))?.n ?? -1;
    },
  }));
  return scrollPx;
}

/** The row itself, or the same line that came again under another row number. */
function indexOfAnchor(view: ViewerSnapshot["view"], row: LogRow): number {
  const index = indexShowing(view, row.n);
  if (index !== -1 || row.kind !== "line") return index;
  for (let candidate = view.count - 1; candidate >= 0; candidate--) {
    const other = view.rowAt(candidate);
    if (other?.kind === "line" && other.entry.seq <= row.entry.seq) return candidate;
  }
  return -1;
}
