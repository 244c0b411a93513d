"use client";

import { type KeyboardEvent, type PointerEvent, useId, useState } from "react";
import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import { shortTime } from "#components/ui/times.ts";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { useNow } from "#components/ui/use-now.ts";
import type { Histogram, LogLevel } from "#lib/contract/index.ts";
import { type Brush, barAt, brushByKey, spanOf, windowOf } from "./brush.ts";
import { roundCeiling } from "./chart-scale.ts";

/** From the baseline up, so that what is rare and bad is where the eye compares best. */
const STACK = ["error", "warn", "info", "debug"] as const satisfies readonly LogLevel[];
const FILL: Readonly<Record<LogLevel, string>> = {
  error: "fill-fail",
  warn: "fill-warn",
  info: "fill-info/55",
  debug: "fill-debug/45",
};
const SWATCH: Readonly<Record<LogLevel, string>> = {
  error: "bg-fail",
  warn: "bg-warn",
  info: "bg-info/55",
  debug: "bg-debug/45",
};

type Bar = Histogram["bars"][number];
export const countOf = (bar: Bar): number => bar.debug + bar.info + bar.warn + bar.error;

const sumOf = (bars: readonly Bar[]): Bar =>
  bars.reduce(
    (sum, bar) => ({
      at: sum.at,
      debug: sum.debug + bar.debug,
      info: sum.info + bar.info,
      warn: sum.warn + bar.warn,
      error: sum.error + bar.error,
    }),
    { at: bars[0]?.at ?? "", debug: 0, info: 0, warn: 0, error: 0 },
  );

interface LevelHistogramProps {
  histogram: Histogram;
  /** What is counted: `request`, `line`. */
  noun: string;
  /** A stretch was chosen; `to` is exclusive. */
  onZoom: (window: { from: string; to: string }) => void;
}

/**
 * Rows over time, stacked by level. A drag, a click or the arrow keys with Enter choose a stretch of time. Each bar is
 * announced as it is reached.
 */
export function LevelHistogram({ histogram, noun, onZoom }: LevelHistogramProps) {
  const [brush, setBrush] = useState<Brush | null>(null);
  const [isDragging, setDragging] = useState(false);
  const timeOf = useBarTimes(histogram);
  const { bars } = histogram;
  const chosen = brush === null ? null : spanOf(brush);
  const shown = chosen === null ? bars : bars.slice(chosen.first, chosen.last + 1);
  const sum = sumOf(shown);
  const span = timeOf(chosen?.first ?? 0, chosen?.last ?? bars.length - 1);
  const zoomTo = (target: Brush) => {
    const window = windowOf(histogram, target);
    setBrush(null);
    setDragging(false);
    if (window) onZoom(window);
  };
  const barUnder = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return barAt(event.clientX - box.left, box.width, bars.length);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Escape" && brush !== null) {
      event.preventDefault();
      setBrush(null);
      setDragging(false);
    } else if (event.key === "Enter" && brush !== null) {
      event.preventDefault();
      zoomTo(brush);
    } else {
      const next = brushByKey(brush, event, bars.length);
      if (next === null) return;
      event.preventDefault();
      setBrush(next);
    }
  };
  const hintId = useId();
  return (
    <figure className="px-4 pt-2 pb-2">
      <Caption sum={sum} noun={noun} span={span} isChosen={chosen !== null} />
      <div className="relative mt-1.5">
        <div
          role="slider"
          tabIndex={0}
          aria-label={`Time of the ${noun}s`}
          aria-describedby={hintId}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, bars.length - 1)}
          aria-valuenow={brush?.head ?? Math.max(0, bars.length - 1)}
          aria-valuetext={`${span}: ${formatCounted(countOf(sum), noun)}, ${formatCounted(sum.error, "error")}, ${formatCounted(sum.warn, "warning")}`}
          className="h-14 cursor-crosshair touch-pan-y select-none rounded-xs focus-visible:outline-offset-2 sm:h-18"
          onKeyDown={onKeyDown}
          onBlur={() => setBrush(null)}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            const bar = barUnder(event);
            setDragging(true);
            setBrush({ anchor: bar, head: bar });
          }}
          onPointerMove={(event) => {
            const head = barUnder(event);
            setBrush((now) => ({ anchor: isDragging && now !== null ? now.anchor : head, head }));
          }}
          onPointerUp={() => isDragging && brush !== null && zoomTo(brush)}
          onPointerCancel={() => {
            setDragging(false);
            setBrush(null);
          }}
          onPointerLeave={() => !isDragging && setBrush(null)}
        >
          <Bars histogram={histogram} chosen={chosen} isDragging={isDragging} />
        </div>
        <p id={hintId} className="sr-only">
          Arrow keys go from bar to bar, with Shift they choose several, Enter shows only what was chosen.
        </p>
      </div>
      <Axis count={bars.length} timeOf={timeOf} />
    </figure>
  );
}

/** Bar numbers to words: when the first begins and the last ends. */
function useBarTimes({ bars, barMs }: Histogram): (first: number, last: number) => string {
  const hydrated = useHydrated();
  const now = new Date(useNow());
  const zone = hydrated ? undefined : "UTC";
  return (first, last) => {
    const start = bars[first];
    const end = bars[last];
    if (start === undefined || end === undefined) return "";
    const seconds = barMs < 60_000;
    const say = (at: Date, today: Date) => {
      const text = shortTime(at, zone, today);
      return seconds ? `${text}:${String(at.getSeconds()).padStart(2, "0")}` : text;
    };
    const startAt = new Date(start.at);
    // The end says its day when it is another one than that of the start.
    const endText = say(new Date(Date.parse(end.at) + barMs), startAt);
    return `${say(startAt, now)} – ${endText}`;
  };
}

function Caption(props: { sum: Bar; noun: string; span: string; isChosen: boolean }) {
  const { sum, noun } = props;
  return (
    <figcaption className="flex h-4.5 gap-x-3 overflow-hidden whitespace-nowrap text-muted text-xs tabular-nums">
      <span className={cn("min-w-0 truncate", props.isChosen && "font-medium text-fg")}>{props.span}</span>
      <span>{formatCounted(countOf(sum), noun)}</span>
      {STACK.filter((level) => level !== "info" && (sum[level] > 0 || level === "error")).map((level) => (
        <span key={level} className="hidden items-center gap-1.5 first:inline-flex sm:inline-flex">
          <span aria-hidden="true" className={cn("size-2 rounded-xs", SWATCH[level])} />
          {formatCount(sum[level])} {level}
        </span>
      ))}
    </figcaption>
  );
}

interface BarsProps {
  histogram: Histogram;
  chosen: { first: number; last: number } | null;
  isDragging: boolean;
}

function Bars({ histogram, chosen, isDragging }: BarsProps) {
  const { bars } = histogram;
  const slot = 100 / Math.max(1, bars.length);
  const top = roundCeiling(Math.max(0, ...bars.map(countOf)));
  const uncounted =
    histogram.countedBackTo === null
      ? 0
      : bars.filter(({ at }) => at < (histogram.countedBackTo ?? "")).length;
  return (
    <svg aria-hidden="true" className="pointer-events-none size-full overflow-visible">
      <line x1="0" x2="100%" y1="0" y2="0" className="stroke-line-soft" strokeDasharray="2 3" />
      <line x1="0" x2="100%" y1="100%" y2="100%" className="stroke-line-soft" />
      {uncounted > 0 ? <rect width={`${uncounted * slot}%`} height="100%" className="fill-raised" /> : null}
      {chosen ? (
        <rect
          x={`${chosen.first * slot}%`}
          width={`${(chosen.last - chosen.first + 1) * slot}%`}
          height="100%"
          className={isDragging ? "fill-accent-soft" : "fill-raised"}
        />
      ) : null}
      {bars.map((bar, index) => (
        <StackedBar key={bar.at} bar={bar} top={top} x={index * slot + slot * 0.12} width={slot * 0.76} />
      ))}
    </svg>
  );
}

/** Heights are percent of the chart; what is there at all is at least a hair high, errors two. */
function StackedBar({ bar, top, x, width }: { bar: Bar; top: number; x: number; width: number }) {
  let below = 0;
  return STACK.filter((level) => bar[level] > 0).map((level) => {
    const height = Math.max((bar[level] / top) * 100, level === "error" ? 4 : 1.5);
    below += height;
    return (
      <rect
        key={level}
        x={`${x}%`}
        width={`${width}%`}
        y={`${100 - below}%`}
        height={`${height}%`}
        className={FILL[level]}
      />
    );
  });
}

const AXIS_LABELS = 5;

function Axis({ count, timeOf }: { count: number; timeOf: (first: number, last: number) => string }) {
  const places = Array.from({ length: AXIS_LABELS }, (_, index) =>
    Math.round((index / (AXIS_LABELS - 1)) * Math.max(0, count - 1)),
  );
  const startOf = (bar: number) => timeOf(bar, bar).split(" – ").at(0);
  const endOf = (bar: number) => timeOf(bar, bar).split(" – ").at(-1);
  return (
    <div aria-hidden="true" className="mt-1 flex justify-between text-2xs text-faint tabular-nums">
      {[...new Set(places)].map((bar, index, all) => (
        <span key={bar} className={cn(index % 2 === 1 && "hidden sm:inline")}>
          {index === all.length - 1 ? endOf(bar) : startOf(bar)}
        </span>
      ))}
    </div>
  );
}
