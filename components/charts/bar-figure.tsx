"use client";

import { type ReactNode, useState } from "react";
import { cn } from "#components/ui/class-names.ts";
import { roundCeiling } from "./chart-scale.ts";

export interface ChartBar {
  readonly key: string;
  readonly value: number;
  /** The part of it that is bad, at the bottom of the bar. */
  readonly bad: number;
  /** What the bar says when it is pointed at. */
  readonly caption: ReactNode;
}

interface BarFigureProps {
  bars: readonly ChartBar[];
  /** What all bars say together. */
  caption: ReactNode;
  /** The same for those who do not see it. */
  label: string;
  format: (value: number) => string;
  /** Below the bars, from left to right. */
  axis: readonly { key: string; text: string }[];
}

/** Bars over time, with a bad part that is never too small to see. */
export function BarFigure({ bars, caption, label, format, axis }: BarFigureProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const top = roundCeiling(Math.max(0, ...bars.map((bar) => bar.value)));
  const slot = 100 / Math.max(1, bars.length);
  return (
    <figure className="h-49 px-4 pt-3 pb-2.5">
      <figcaption className="flex h-4.5 flex-wrap gap-x-3 overflow-hidden text-muted text-xs">
        {(pointed === null ? undefined : bars[pointed])?.caption ?? caption}
      </figcaption>
      <div className="mt-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-2">
        <svg
          className="h-31 w-full overflow-visible"
          role="img"
          aria-label={label}
          onPointerLeave={() => setPointed(null)}
        >
          {[0, 0.5, 1].map((share) => (
            <line
              key={share}
              x1="0"
              x2="100%"
              y1={`${share * 100}%`}
              y2={`${share * 100}%`}
              className="stroke-line-soft"
              strokeDasharray={share === 1 ? undefined : "2 3"}
            />
          ))}
          {bars.map((bar, index) => {
            const bad = (bar.bad / top) * 100;
            const whole = (bar.value / top) * 100;
            return (
              <g key={bar.key} onPointerEnter={() => setPointed(index)}>
                <rect
                  x={`${index * slot}%`}
                  width={`${slot}%`}
                  height="100%"
                  className={pointed === index ? "fill-raised" : "fill-transparent"}
                />
                <rect
                  x={`${index * slot + slot * 0.16}%`}
                  width={`${slot * 0.68}%`}
                  y={`${100 - whole}%`}
                  height={`${Math.max(0, whole - bad)}%`}
                  rx="1.5"
                  className="fill-accent/75"
                />
                <rect
                  x={`${index * slot + slot * 0.16}%`}
                  width={`${slot * 0.68}%`}
                  y={`${100 - bad}%`}
                  height={bar.bad > 0 ? `max(2px, ${bad}%)` : "0"}
                  className="fill-fail"
                />
              </g>
            );
          })}
        </svg>
        <div
          aria-hidden="true"
          className="-my-2 flex flex-col justify-between text-right text-2xs text-faint"
        >
          <span>{format(top)}</span>
          <span>{format(top / 2)}</span>
          <span>{format(0)}</span>
        </div>
      </div>
      <div aria-hidden="true" className="mt-2 flex justify-between pr-8 text-2xs text-faint">
        {axis.map(({ key, text }, index) => (
          <span key={key} className={cn("whitespace-nowrap", index % 2 === 1 && "hidden sm:inline")}>
            {text}
          </span>
        ))}
      </div>
    </figure>
  );
}
