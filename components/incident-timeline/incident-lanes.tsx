"use client";

import { type PointerEvent, useRef, useState } from "react";
import { Lane, TimeAxis } from "#components/log-timeline/lane.tsx";
import type { Span } from "#components/log-timeline/lane-layout.ts";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";
import type { IncidentMark } from "#lib/contract/incidents.ts";
import { LANE_LOOK, LANES, type LaneName, marksOf } from "./lanes.ts";

interface IncidentLanesProps {
  marks: readonly IncidentMark[];
  capped: readonly string[];
  hidden: readonly LaneName[];
  view: Span;
  /** The request that stands out. */
  focus: string | null;
  onZoom: (span: Span) => void;
  onFocus: (requestId: string) => void;
  onToggle: (lane: LaneName) => void;
}

/** A drag that is shorter than this is a click. */
const DRAG_PX_MIN = 6;

/** Gateway, runtime, upstream and ledger on one scale of time. Dragging over them zooms; the lists below say the same. */
export function IncidentLanes(props: IncidentLanesProps) {
  const { marks, capped, hidden, view, focus, onZoom, onFocus, onToggle } = props;
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const focused = new Set(
    focus === null ? [] : marks.filter(({ requestId }) => requestId === focus).map(({ id }) => id),
  );
  const placeOf = (event: PointerEvent): number => {
    const { left = 0, width = 1 } = box.current?.getBoundingClientRect() ?? {};
    return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
  };
  const timeAt = (place: number): number => view.fromMs + place * (view.toMs - view.fromMs);
  const onPointerUp = (event: PointerEvent) => {
    if (drag === null) return;
    setDrag(null);
    const widthPx = box.current?.getBoundingClientRect().width ?? 0;
    const [from, to] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    if ((to - from) * widthPx >= DRAG_PX_MIN)
      return onZoom({ fromMs: Math.floor(timeAt(from)), toMs: Math.ceil(timeAt(to)) });
    const picked = document.elementFromPoint(event.clientX, event.clientY)?.getAttribute("data-mark");
    const requestId = marks.find(({ id }) => id === picked)?.requestId;
    if (requestId) onFocus(requestId);
  };
  return (
    <div className="grid grid-cols-[5.25rem_minmax(0,1fr)] sm:grid-cols-[8.5rem_minmax(0,1fr)]">
      <div className="border-r pt-6">
        {LANES.map((lane) => (
          <LaneHead
            key={lane}
            lane={lane}
            count={marks.filter((mark) => mark.lane === lane).length}
            isCapped={capped.includes(lane)}
            isShown={!hidden.includes(lane)}
            onToggle={onToggle}
          />
        ))}
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
        <TimeAxis view={view} />
        {LANES.map((lane) => (
          <Lane
            key={lane}
            bar={LANE_LOOK[lane].bar}
            marks={marksOf(marks, lane)}
            view={view}
            isMoments={lane === "runtime" || lane === "ledger"}
            dimmed={hidden.includes(lane)}
            focused={focused}
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

interface LaneHeadProps {
  lane: LaneName;
  count: number;
  isCapped: boolean;
  isShown: boolean;
  onToggle: (lane: LaneName) => void;
}

/** The name of a lane, how much is on it, and whether the lists below hold it. */
function LaneHead({ lane, count, isCapped, isShown, onToggle }: LaneHeadProps) {
  const { label, letter, chip, text } = LANE_LOOK[lane];
  return (
    <label
      className="flex h-11 items-center gap-2 border-t px-2 text-xs has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring sm:px-3"
      title={isShown ? "Hide from the list of marks" : "Show in the list of marks"}
    >
      <input
        type="checkbox"
        className="size-3.5 accent-[var(--color-accent)]"
        checked={isShown}
        onChange={() => onToggle(lane)}
        aria-label={`Show ${label.toLowerCase()}`}
      />
      <span
        aria-hidden="true"
        className={cn(
          "inline-grid size-4.5 place-items-center rounded-sm font-mono font-semibold text-2xs max-sm:hidden",
          chip,
        )}
      >
        {letter}
      </span>
      <span className="grid leading-4">
        <span className={text}>{label}</span>
        <span className="text-2xs text-faint">
          {formatCount(count)}
          {isCapped ? "+" : ""}
        </span>
      </span>
    </label>
  );
}
