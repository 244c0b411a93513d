"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { cn } from "#components/ui/class-names.ts";
import { formatDuration } from "#components/ui/numbers.ts";
import { SourceChip } from "./source-chip.tsx";
import type { CallSource } from "./source-look.ts";
import { Track } from "./track.tsx";
import type { Stretch } from "./waterfall.ts";

interface TimelineRowProps {
  source: CallSource;
  offsetMs: number;
  durationMs: number | null;
  stretch: Stretch;
  failed?: boolean;
  /** Whose time the bar is, where it is not the one who acts. */
  barOf?: CallSource;
  ticks?: Parameters<typeof Track>[0]["ticks"];
  /** What happened, in one line. */
  children: ReactNode;
  /** Everything else about it. */
  details?: ReactNode;
  startsOpen?: boolean;
}

/** Columns of a wide timeline: since the start, who, what, when on the scale, how long. */
export const TIMELINE_COLUMNS =
  "grid grid-cols-[3.75rem_1.125rem_minmax(0,1fr)_auto] items-center gap-x-2.5 sm:grid-cols-[3.75rem_1.125rem_minmax(0,1fr)_30%_4.25rem]";

/** One step of a call. What there is to read about it folds open below. */
export function TimelineRow(props: TimelineRowProps) {
  const { source, offsetMs, durationMs, stretch, failed = false, ticks, children, details } = props;
  const [isOpen, setOpen] = useState(props.startsOpen ?? false);
  const id = useId();
  return (
    <li className="border-t first:border-t-0">
      <div className={cn(TIMELINE_COLUMNS, "relative px-3 py-1.5", details && "hover:bg-raised/50")}>
        <span className="text-right font-mono text-faint text-xs">{offsetText(offsetMs)}</span>
        <SourceChip source={source} />
        <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5 text-sm">
          {details ? (
            <button
              type="button"
              aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined}
              aria-label={isOpen ? "Hide details" : "Show details"}
              onClick={() => setOpen(!isOpen)}
              className="-ml-1 rounded-sm p-0.5 after:absolute after:inset-0"
            >
              <ChevronRight
                aria-hidden="true"
                className={cn("size-3.5 text-faint transition-transform", isOpen && "rotate-90")}
              />
            </button>
          ) : null}
          {children}
        </span>
        <Track
          source={props.barOf ?? source}
          stretch={stretch}
          failed={failed}
          {...(ticks ? { ticks } : {})}
          className="order-last col-span-full col-start-3 mt-1 sm:order-none sm:col-span-1 sm:col-start-auto sm:mt-0"
        />
        <span className={cn("text-right text-xs tabular-nums", failed ? "text-fail" : "text-muted")}>
          {durationMs === null ? "" : formatDuration(durationMs)}
        </span>
      </div>
      {details && isOpen ? (
        <div id={id} className="grid min-w-0 grid-cols-1 gap-2 px-3 pt-0.5 pb-3 sm:pl-[6.125rem]">
          {details}
        </div>
      ) : null}
    </li>
  );
}

/** `+12 ms` after the call came in; `−3 ms` where another clock is behind. */
const offsetText = (ms: number): string => `${ms < 0 ? "−" : "+"}${formatDuration(Math.abs(Math.round(ms)))}`;
