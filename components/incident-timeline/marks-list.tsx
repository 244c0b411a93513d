"use client";

import { Link2Off } from "lucide-react";
import { useState } from "react";
import { PartyChip } from "#components/calls/source-chip.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { timeOfDay } from "#lib/client/log-stream/line-text.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { IncidentMark } from "#lib/contract/incidents.ts";
import { isBad, LANE_LOOK } from "./lanes.ts";

/** Rows before somebody asks for more. */
const ROWS_SHOWN = 200;

interface MarksListProps {
  marks: readonly IncidentMark[];
  focus: string | null;
  onFocus: (requestId: string) => void;
}

/** Everything on the lanes in words, in the order of time. */
export function MarksList({ marks, focus, onFocus }: MarksListProps) {
  const [shown, setShown] = useState(ROWS_SHOWN);
  return (
    <>
      <ol aria-label="What happened" className="divide-y">
        {marks.slice(0, shown).map((mark) => (
          <MarkRow key={mark.id} mark={mark} focus={focus} onFocus={onFocus} />
        ))}
      </ol>
      {marks.length > shown ? (
        <button
          type="button"
          onClick={() => setShown(shown + ROWS_SHOWN)}
          className="w-full border-t px-3 py-2 text-left text-accent text-xs hover:bg-raised"
        >
          Show more; {formatCounted(marks.length - shown, "mark")} follow
        </button>
      ) : null}
    </>
  );
}

function MarkRow({ mark, focus, onFocus }: { mark: IncidentMark } & Omit<MarksListProps, "marks">) {
  const { requestId, lane, join } = mark;
  return (
    <li
      className={cn(
        "grid grid-cols-[5.75rem_1.125rem_minmax(0,1fr)] items-start gap-x-2.5 px-3 py-1 leading-5 [contain-intrinsic-size:auto_28px] [content-visibility:auto]",
        isBad(mark) && "bg-fail/5",
        focus !== null && requestId === focus && "shadow-[inset_2px_0_0_var(--color-accent)]",
      )}
    >
      <time dateTime={mark.at} className="font-mono text-faint text-xs leading-5">
        {timeOfDay(Date.parse(mark.at))}
      </time>
      <PartyChip look={LANE_LOOK[lane]} className="mt-px" />
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2.5">
        <span className={cn("min-w-0 break-words", isBad(mark) && "text-fail")}>
          {isBad(mark) ? <span className="sr-only">failed: </span> : null}
          {withSigns(mark.text)}
        </span>
        {mark.durationMs === null ? null : (
          <span className="text-muted text-xs">{formatDuration(mark.durationMs)}</span>
        )}
        {join === "inferred" ? <Inferred /> : null}
        {requestId === null ? null : (
          <button
            type="button"
            data-row={isBad(mark) ? "error" : ""}
            aria-pressed={requestId === focus}
            onClick={() => onFocus(requestId)}
            title={`Show what belongs to request ${requestId}`}
            className="rounded-sm font-mono text-faint text-xs hover:text-accent hover:underline"
          >
            {requestId.slice(-6)}
          </button>
        )}
      </span>
    </li>
  );
}

/** The request id is not known: it was joined by session, tool and time. */
const Inferred = () => (
  <span
    title="Joined by session, tool and time, not by the request id"
    className="inline-flex items-center gap-1 rounded-full border border-line border-dashed px-1.5 text-2xs text-muted"
  >
    <Link2Off aria-hidden="true" className="size-3" />
    inferred
  </span>
);
