"use client";

import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { SourceChip } from "#components/calls/source-chip.tsx";
import { lookOfUpstream } from "#components/calls/upstream-outcomes.ts";
import { LEVEL_LOOK } from "#components/log-stream/levels.ts";
import { LogMessage } from "#components/log-stream/log-message.tsx";
import { OutcomePill } from "#components/requests/outcome-pill.tsx";
import { clientOf, subjectOf } from "#components/requests/outcomes.ts";
import { cn } from "#components/ui/class-names.ts";
import { formatBytes, formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Pill } from "#components/ui/pill.tsx";
import { isPlainClick } from "#components/ui/plain-click.ts";
import { shortRequestId, timeOfDay } from "#lib/client/log-stream/line-text.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { TimelineEntry } from "#lib/contract/index.ts";
import { type ListItem, requestOf } from "./lane-layout.ts";

/** Rows before somebody asks for more, and characters of one line. */
const ROWS_SHOWN = 400;
const CHARACTERS_SHOWN = 600;

interface TimelineListProps {
  items: readonly ListItem[];
  /** The request whose entries stand out. */
  focus: string | null;
  /** The entry that was picked on a lane. */
  picked: string | null;
  hrefOf: (requestId: string) => string;
  onOpen: (requestId: string) => void;
}

/** Everything that the sources wrote, in one list; gaps stand where they belong. */
export function TimelineList({ items, focus, picked, hrefOf, onOpen }: TimelineListProps) {
  const [rowsShown, setRowsShown] = useState(ROWS_SHOWN);
  const pickedAt = items.findIndex(({ id }) => id === picked);
  const shown = Math.max(rowsShown, pickedAt + 1);
  return (
    <>
      <ol aria-label="What happened" className="divide-y text-sm">
        {items.slice(0, shown).map((item) =>
          item.kind === "gap" ? (
            <li
              key={item.id}
              className="flex items-start gap-2 border-dashed bg-warn/6 px-3 py-1.5 text-warn text-xs"
            >
              <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
              <span className="min-w-0 break-words">
                <span className="mr-2 font-mono">{timeOfDay(item.atMs)}</span>
                {withSigns(item.gap.message)}
              </span>
            </li>
          ) : (
            <Row
              key={item.id}
              id={item.id}
              atMs={item.atMs}
              entry={item.entry}
              isFocused={focus !== null && requestOf(item.entry) === focus}
              isPicked={item.id === picked}
              hrefOf={hrefOf}
              onOpen={onOpen}
            />
          ),
        )}
      </ol>
      {items.length > shown ? (
        <button
          type="button"
          onClick={() => setRowsShown(shown + ROWS_SHOWN)}
          className="w-full border-t px-3 py-2 text-left text-accent text-xs hover:bg-raised"
        >
          Show more; {formatCounted(items.length - shown, "entry", "entries")} follow
        </button>
      ) : null}
    </>
  );
}

interface RowProps {
  id: string;
  atMs: number;
  entry: TimelineEntry;
  isFocused: boolean;
  isPicked: boolean;
  hrefOf: (requestId: string) => string;
  onOpen: (requestId: string) => void;
}

function Row({ id, atMs, entry, isFocused, isPicked, hrefOf, onOpen }: RowProps) {
  const requestId = requestOf(entry);
  return (
    <li
      id={`entry-${id}`}
      className={cn(
        "grid grid-cols-[5.75rem_1.125rem_minmax(0,1fr)] items-start gap-x-2.5 px-3 py-1 leading-5 [contain-intrinsic-size:auto_28px] [content-visibility:auto] sm:grid-cols-[5.75rem_1.125rem_minmax(0,1fr)_auto]",
        entry.source === "runtime" && LEVEL_LOOK[entry.line.level].row,
        isFocused && "shadow-[inset_2px_0_0_var(--color-accent)]",
        isPicked && "bg-accent-soft",
      )}
    >
      <span className="font-mono text-faint text-xs leading-5">{timeOfDay(atMs)}</span>
      <SourceChip source={entry.source} className="mt-px" />
      <Words entry={entry} />
      {requestId === null ? null : (
        <a
          data-row
          href={hrefOf(requestId)}
          title={`Open ${requestId}`}
          onClick={(event) => {
            if (!isPlainClick(event)) return;
            event.preventDefault();
            onOpen(requestId);
          }}
          className="rounded-sm font-mono text-faint text-xs leading-5 hover:text-accent hover:underline max-sm:col-start-3 max-sm:justify-self-start"
        >
          {shortRequestId(requestId)}
        </a>
      )}
    </li>
  );
}

function Words({ entry }: { entry: TimelineEntry }) {
  if (entry.source === "runtime") {
    const { line } = entry;
    const look = LEVEL_LOOK[line.level];
    const isLong = line.message.length > CHARACTERS_SHOWN;
    return (
      <span className="flex min-w-0 items-baseline gap-2 font-mono text-xs leading-5">
        <span
          title={line.level}
          className={cn("w-4 shrink-0 rounded-sm text-center font-semibold leading-4", look.badge)}
        >
          {look.letter}
        </span>
        <span className="line-clamp-3 min-w-0 whitespace-pre-wrap break-words">
          <LogMessage message={isLong ? `${line.message.slice(0, CHARACTERS_SHOWN)} …` : line.message} />
        </span>
      </span>
    );
  }
  if (entry.source === "upstream") {
    const { call } = entry;
    const { label, tone, icon } = lookOfUpstream(call);
    return (
      <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
        <Pill tone={tone} icon={icon}>
          {label}
        </Pill>
        <span className="min-w-0 break-all font-mono text-xs">
          {withSigns(call.method)} {withSigns(call.url)}
        </span>
        <span className="text-muted text-xs">
          {formatDuration(call.durationMs)}
          {call.responseBytes > 0 ? `, ${formatBytes(call.responseBytes)}` : ""}
        </span>
        {call.error ? (
          <span className="w-full break-words text-fail text-xs">{withSigns(call.error)}</span>
        ) : null}
      </span>
    );
  }
  const { row } = entry;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-0.5">
      <OutcomePill outcome={row.outcome} />
      <span className="min-w-0 break-all font-mono text-xs">{withSigns(subjectOf(row))}</span>
      <span className="text-muted text-xs">
        {formatDuration(row.durationMs)}, {withSigns(clientOf(row) ?? "unknown client")}
      </span>
      {row.error ? (
        <span className="w-full break-words text-fail text-xs">{withSigns(row.error)}</span>
      ) : null}
    </span>
  );
}
