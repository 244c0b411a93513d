"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { LEVEL_LOOK } from "#components/log-stream/levels.ts";
import { LogMessage } from "#components/log-stream/log-message.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatBytes, formatCounted } from "#components/ui/numbers.ts";
import { prettyJson, timeOfDay } from "#lib/client/log-stream/line-text.ts";
import type { LogEntry } from "#lib/contract/index.ts";

/** Lines that are painted before somebody asks for the rest, and of one line the characters before it is opened. */
const LINES_SHOWN = 100;
const CHARACTERS_SHOWN = 400;

/** The console lines of one call, oldest first. Long ones and those with JSON fold open. */
export function CallLines({ lines, label }: { lines: readonly LogEntry[]; label: string }) {
  const [shown, setShown] = useState(LINES_SHOWN);
  return (
    <div className="overflow-hidden rounded-md border bg-bg">
      <ol aria-label={label} className="py-1 font-mono text-xs leading-5">
        {lines.slice(0, shown).map((line) => (
          <CallLine key={line.seq} line={line} />
        ))}
      </ol>
      {lines.length > shown ? (
        <button
          type="button"
          onClick={() => setShown(lines.length)}
          className="w-full border-t px-2.5 py-1.5 text-left text-accent text-xs hover:bg-raised"
        >
          Show {formatCounted(lines.length - shown, "more line")}
        </button>
      ) : null}
    </div>
  );
}

function CallLine({ line }: { line: LogEntry }) {
  const [isOpen, setOpen] = useState(false);
  const look = LEVEL_LOOK[line.level];
  const json = prettyJson(line.message);
  const isLong = line.message.length > CHARACTERS_SHOWN || line.message.includes("\n");
  const canOpen = isLong || json !== null;
  const opened = json === null ? line.message : `${json.before}${json.before ? "\n" : ""}${json.json}`;
  return (
    <li
      data-level={line.level}
      className={cn("grid grid-cols-[5.75rem_1rem_minmax(0,1fr)] gap-x-2 px-2.5", look.row)}
    >
      <span className="text-faint">{timeOfDay(line.timestamp)}</span>
      <span
        title={line.level}
        className={cn("my-0.5 h-4 rounded-sm text-center font-semibold leading-4", look.badge)}
      >
        {look.letter}
      </span>
      <span className="relative min-w-0 whitespace-pre-wrap break-words">
        {canOpen ? (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={isOpen ? "Fold the line" : "Show the whole line"}
            onClick={() => setOpen(!isOpen)}
            className="mr-0.5 inline-flex rounded-sm align-[-0.15em] hover:bg-raised"
          >
            <ChevronRight
              aria-hidden="true"
              className={cn("size-3.5 text-faint transition-transform", isOpen && "rotate-90")}
            />
          </button>
        ) : null}
        <LogMessage message={isOpen ? opened : clipped(line.message)} />
        {line.truncated ? (
          <span className="ml-1 text-warn">
            … cut at 10 KiB{line.bytes === undefined ? "" : ` of ${formatBytes(line.bytes)}`}
          </span>
        ) : null}
      </span>
    </li>
  );
}

/** The beginning of a message: its first line, up to what is shown at once. */
function clipped(message: string): string {
  const [first = ""] = message.split("\n", 1);
  const isWhole = first.length === message.length && first.length <= CHARACTERS_SHOWN;
  return isWhole ? message : `${first.slice(0, CHARACTERS_SHOWN)} …`;
}
