"use client";

import { HoverCard } from "radix-ui";
import type { ReactNode } from "react";
import { calendarDate, clockTimeMs, relativeTime } from "./times.ts";

interface TimeCardProps {
  at: Date;
  now: Date;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The time element itself. */
  children: ReactNode;
}

/** A moment in every way it is asked for: local, UTC, epoch, and how far away. */
export function TimeCard({ at, now, open, onOpenChange, children }: TimeCardProps) {
  const facts = [
    { name: "Local", value: `${calendarDate(at, undefined)}, ${clockTimeMs(at, undefined)}` },
    { name: "UTC", value: `${calendarDate(at, "UTC")}, ${clockTimeMs(at, "UTC")}` },
    { name: "Epoch", value: `${at.getTime()} ms` },
    { name: "Distance", value: relativeTime(at, now) },
  ];
  return (
    <HoverCard.Root open={open} onOpenChange={onOpenChange} openDelay={0} closeDelay={80}>
      <HoverCard.Trigger asChild>{children}</HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-60 rounded-lg border border-line bg-overlay px-3 py-2 text-fg text-xs shadow-pop data-[state=open]:animate-fade-in"
        >
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {facts.map((fact) => (
              <div key={fact.name} className="contents">
                <dt className="text-faint">{fact.name}</dt>
                <dd className="font-mono">{fact.value}</dd>
              </div>
            ))}
          </dl>
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}
