"use client";

import { type PointerEvent, useRef, useState } from "react";
import { SourceChip } from "#components/calls/source-chip.tsx";
import { SOURCE_LOOK } from "#components/calls/source-look.ts";
import { stretchOf } from "#components/calls/waterfall.ts";
import { formatCount } from "#components/ui/numbers.ts";
import type { LogGap, TimelineEntry } from "#lib/contract/index.ts";
import { Lane, TimeAxis } from "./lane.tsx";
import { laneOf, type Span } from "./lane-layout.ts";
import { TIMELINE_SOURCES, type TimelineSource } from "./timeline-search.ts";

interface SwimLanesProps {
  entries: readonly TimelineEntry[];
  gaps: readonly LogGap[];
  capped: readonly string[];
  hidden: readonly TimelineSource[];
  view: Span;
  /** What was asked for without its margin; null when all of it was. */
  core: Span | null;
  /** Ids of entries of the request that stands out. */
  focused: ReadonlySet<string>;
  onZoom: (span: Span) => void;
  onPick: (id: string) => void;
  onToggle: (source: TimelineSource) => void;
}

/** A drag that is shorter than this is a click. */
const DRAG_PX_MIN = 6;

/** One lane per source on one scale of time. Dragging over them zooms; the list below says the same in words. */
export function SwimLanes(props: SwimLanesProps) {
  const { entries, gaps, capped, hidden, view, core, focused, onZoom, onPick, onToggle } = props;
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const placeOf = (event: PointerEvent): number => {
    const { left = 0, width = 1 } = box.current?.getBoundingClientRect() ?? {};
    return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
  };
  const timeAt = (place: number): number => view.fromMs + place * (view.toMs - view.fromMs);
  const onPointerUp = (event: PointerEvent) => {
    if (drag === null) return;
    setDrag(null);
    const widthPx = box.current?.getBoundingClientRect().width ?? 0;
    if (Math.abs(drag.to - drag.from) * widthPx < DRAG_PX_MIN) {
      const id = event.target instanceof Element ? event.target.getAttribute("data-mark") : null;
      if (id !== null) onPick(id);
      return;
    }
    onZoom({
      fromMs: Math.floor(timeAt(Math.min(drag.from, drag.to))),
      toMs: Math.ceil(timeAt(Math.max(drag.from, drag.to))),
    });
  };
  const inCore =
    core === null ? null : stretchOf(core.fromMs, core.toMs - core.fromMs, view.fromMs, view.toMs);
  return (
    <div className="grid grid-cols-[5.25rem_minmax(0,1fr)] sm:grid-cols-[8.5rem_minmax(0,1fr)]">
      <div className="border-r pt-6">
        {TIMELINE_SOURCES.map((source) => {
          const count = entries.filter((entry) => entry.source === source).length;
          return (
            <label
              key={source}
              className="flex h-11 items-center gap-2 border-t px-2 text-xs has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring sm:px-3"
              title={hidden.includes(source) ? "Show in the list" : "Hide from the list"}
            >
              <input
                type="checkbox"
                className="size-3.5 accent-[var(--color-accent)]"
                checked={!hidden.includes(source)}
                onChange={() => onToggle(source)}
                aria-label={`Show ${SOURCE_LOOK[source].label.toLowerCase()}`}
              />
              <SourceChip source={source} className="max-sm:hidden" />
              <span className="grid leading-4">
                <span className={SOURCE_LOOK[source].text}>{SOURCE_LOOK[source].label}</span>
                <span className="text-2xs text-faint">
                  {formatCount(count)}
                  {capped.includes(source) ? "+" : ""}
                </span>
              </span>
            </label>
          );
        })}
      </div>
      <div
        ref={box}
        aria-hidden="true"
        className="relative touch-pan-y cursor-crosshair select-none overflow-hidden"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const place = placeOf(event);
          setDrag({ from: place, to: place });
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: placeOf(event) })}
        onPointerCancel={() => setDrag(null)}
        onPointerUp={onPointerUp}
      >
        {inCore ? (
          <span
            className="pointer-events-none absolute inset-y-0 bg-accent-soft"
            style={{ left: `${inCore.left}%`, width: `max(1px, ${inCore.width}%)` }}
          />
        ) : null}
        <TimeAxis view={view} />
        {TIMELINE_SOURCES.map((source) => (
          <Lane
            key={source}
            bar={SOURCE_LOOK[source].bar}
            isMoments={source === "runtime"}
            marks={laneOf(entries, source)}
            view={view}
            dimmed={hidden.includes(source)}
            focused={focused}
          />
        ))}
        {gaps.map((gap) => (
          <span
            key={`${gap.kind}-${gap.timestamp}-${gap.requestId}`}
            title={gap.message}
            className="absolute inset-y-0 border-warn border-l border-dashed"
            style={{ left: `${stretchOf(Date.parse(gap.timestamp), 0, view.fromMs, view.toMs).left}%` }}
          />
        ))}
        {drag && drag.from !== drag.to ? (
          <span
            className="pointer-events-none absolute inset-y-0 border-accent border-x bg-accent-soft"
            style={{
              left: `${Math.min(drag.from, drag.to) * 100}%`,
              width: `${Math.abs(drag.to - drag.from) * 100}%`,
            }}
          />
        ) : null}
      </div>
    </div>
  );
}
