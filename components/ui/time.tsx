"use client";

import { HoverCard } from "radix-ui";
import { cn } from "./class-names.ts";
import { calendarDate, clockTime, clockTimeMs, dateTime, relativeTime, shortTime } from "./times.ts";
import { useHydrated } from "./use-hydrated.ts";
import { useNow } from "./use-now.ts";

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
  const at = new Date(value);
  const now = new Date(nowMs);
  const zone = hydrated ? undefined : "UTC";
  const text =
    display === "clock"
      ? clockTime(at, zone)
      : display === "clock-ms"
        ? clockTimeMs(at, zone)
        : display === "date"
          ? calendarDate(at, zone)
          : display === "datetime"
            ? dateTime(at, zone, now)
            : display === "short"
              ? shortTime(at, zone, now)
              : relativeTime(at, now);
  return (
    <HoverCard.Root openDelay={350} closeDelay={80}>
      <HoverCard.Trigger asChild>
        <time dateTime={value} className={cn("whitespace-nowrap tabular-nums", className)}>
          {text}
        </time>
      </HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-60 rounded-lg border border-line bg-overlay px-3 py-2 text-fg text-xs shadow-pop data-[state=open]:animate-fade-in"
        >
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            <TimeFact name="Local" value={`${calendarDate(at, zone)}, ${clockTimeMs(at, zone)}`} />
            <TimeFact name="UTC" value={`${calendarDate(at, "UTC")}, ${clockTimeMs(at, "UTC")}`} />
            <TimeFact name="Epoch" value={`${at.getTime()} ms`} />
            <TimeFact name="Distance" value={relativeTime(at, now)} />
          </dl>
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}

function TimeFact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="font-mono">{value}</dd>
    </>
  );
}
