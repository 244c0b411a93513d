"use client";

import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import type { PartyLook } from "#components/calls/source-look.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Lane, TimeAxis } from "./lane.tsx";
import type { LaneMark, Span } from "./lane-layout.ts";

interface FramedLane<Name extends string> {
  readonly name: Name;
  readonly look: PartyLook;
  /** The letter before its name. */
  readonly chip: ReactNode;
  readonly marks: readonly LaneMark[];
  /** Its marks have no length. */
  readonly isMoments: boolean;
}

interface LanesFrameProps<Name extends string> {
  lanes: readonly FramedLane<Name>[];
  capped: readonly string[];
  hidden: readonly Name[];
  /** The list that a lane is hidden from, in words. */
  list: string;
  view: Span;
  /** Ids of marks that stand out. */
  focused: ReadonlySet<string>;
  /** Painted behind the lanes. */
  behind?: ReactNode;
  /** Painted over the lanes. */
  children?: ReactNode;
  onZoom: (span: Span) => void;
  /** A mark was pressed, by its id. */
  onPick: (id: string) => void;
  onToggle: (name: Name) => void;
}

/** A drag that is shorter than this is a click. */
const DRAG_PX_MIN = 6;

/** Lanes on one scale of time, each with its name beside it. Dragging over them zooms. */
export function LanesFrame<Name extends string>(props: LanesFrameProps<Name>) {
  const { lanes, capped, hidden, list, view, focused, behind, children, onZoom, onPick, onToggle } = props;
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
    const [from, to] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
    if ((to - from) * widthPx < DRAG_PX_MIN) {
      // The box has captured the pointer, so it is the event's target whatever lies under it.
      const pressed = document.elementFromPoint(event.clientX, event.clientY)?.getAttribute("data-mark");
      if (pressed) onPick(pressed);
    } else onZoom({ fromMs: Math.floor(timeAt(from)), toMs: Math.ceil(timeAt(to)) });
  };
  return (
    <div className="grid grid-cols-[5.25rem_minmax(0,1fr)] sm:grid-cols-[8.5rem_minmax(0,1fr)]">
      <div className="border-r pt-6">
        {lanes.map((lane) => (
          <LaneHead
            key={lane.name}
            lane={lane}
            isCapped={capped.includes(lane.name)}
            isShown={!hidden.includes(lane.name)}
            list={list}
            onToggle={() => onToggle(lane.name)}
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
        {behind}
        <TimeAxis view={view} />
        {lanes.map(({ name, look, marks, isMoments }) => (
          <Lane
            key={name}
            bar={look.bar}
            marks={marks}
            view={view}
            isMoments={isMoments}
            dimmed={hidden.includes(name)}
            focused={focused}
          />
        ))}
        {children}
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
  lane: FramedLane<string>;
  isCapped: boolean;
  isShown: boolean;
  list: string;
  onToggle: () => void;
}

/** The name of a lane, how much is on it, and whether the list below holds it. */
const LaneHead = ({ lane: { look, chip, marks }, isCapped, isShown, list, onToggle }: LaneHeadProps) => (
  <label
    className="flex h-11 items-center gap-2 border-t px-2 text-xs has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring sm:px-3"
    title={isShown ? `Hide from ${list}` : `Show in ${list}`}
  >
    <input
      type="checkbox"
      className="size-3.5 accent-[var(--color-accent)]"
      checked={isShown}
      onChange={onToggle}
      aria-label={`Show ${look.label.toLowerCase()}`}
    />
    {chip}
    <span className="grid leading-4">
      <span className={look.text}>{look.label}</span>
      <span className="text-2xs text-faint">
        {formatCount(marks.length)}
        {isCapped ? "+" : ""}
      </span>
    </span>
  </label>
);
