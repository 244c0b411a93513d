"use client";

import { lazy, Suspense, useRef, useState } from "react";
import { cn } from "./class-names.ts";
import { calendarDate, clockTime, clockTimeMs, dateTime, relativeTime, shortTime } from "./times.ts";
import { useHydrated } from "./use-hydrated.ts";
import { useNow } from "./use-now.ts";

// Arrives when somebody first rests on a time; a list of a thousand rows mounts none.
const TimeCard = lazy(() => import("./time-card.tsx").then((module) => ({ default: module.TimeCard })));

const OPEN_DELAY_MS = 350;

interface TimeProps {
  /** RFC 3339. */
  value: string;
  display?: "relative" | "short" | "clock" | "clock-ms" | "date" | "datetime";
  className?: string;
}

/** A moment, in the reader's zone; the card behind it has UTC, epoch and distance. Server markup is in UTC. */
export function Time({ value, display = "relative", className }: TimeProps) {
  const hydrated = useHydrated();
  const nowMs = useNow();
  const [open, setOpen] = useState(false);
  const delay = useRef<ReturnType<typeof setTimeout>>(undefined);
  const at = new Date(value);
  const now = new Date(nowMs);
  const element = (
    <time
      dateTime={value}
      className={cn("whitespace-nowrap tabular-nums", className)}
      onPointerEnter={() => {
        clearTimeout(delay.current);
        delay.current = setTimeout(() => setOpen(true), OPEN_DELAY_MS);
      }}
      onPointerLeave={() => clearTimeout(delay.current)}
    >
      {textOf(display, at, now, hydrated ? undefined : "UTC")}
    </time>
  );
  if (!open) return element;
  return (
    <Suspense fallback={element}>
      <TimeCard at={at} now={now} open onOpenChange={setOpen}>
        {element}
      </TimeCard>
    </Suspense>
  );
}

function textOf(
  display: NonNullable<TimeProps["display"]>,
  at: Date,
  now: Date,
  zone: string | undefined,
): string {
  switch (display) {
    case "relative":
      return relativeTime(at, now);
    case "short":
      return shortTime(at, zone, now);
    case "clock":
      return clockTime(at, zone);
    case "clock-ms":
      return clockTimeMs(at, zone);
    case "date":
      return calendarDate(at, zone);
    case "datetime":
      return dateTime(at, zone, now);
  }
}
