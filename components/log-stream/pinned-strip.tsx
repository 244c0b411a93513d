"use client";

import { ChevronDown, ChevronRight, X } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { rowsAsText, type ServerNames, timeOfDay } from "#lib/client/log-stream/line-text.ts";
import type { PinnedLines } from "#lib/client/log-stream/pinned-lines.ts";
import type { LineRow } from "#lib/client/log-stream/rows.ts";
import { LEVEL_LOOK } from "./levels.ts";
import { LogMessage } from "./log-message.tsx";

/** Characters of a pinned message that are painted. */
const PAINTED_CHARACTERS_MAX = 300;

interface PinnedStripProps {
  pins: PinnedLines;
  servers: ServerNames;
  onJump: (pin: LineRow) => void;
  onUnpin: (pin: LineRow) => void;
  onUnpinAll: () => void;
}

/** Lines kept in sight above the list, whatever becomes of the list. */
export function PinnedStrip({ pins, servers, onJump, onUnpin, onUnpinAll }: PinnedStripProps) {
  const [isOpen, setIsOpen] = useState(true);
  const id = useId();
  return (
    <section aria-label="Pinned lines" className="border-b bg-raised/40 text-xs">
      <div className="flex h-8 items-center gap-1 px-1.5">
        <Button
          variant="ghost"
          size="sm"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpen((last) => !last)}
        >
          {isOpen ? <ChevronDown aria-hidden="true" /> : <ChevronRight aria-hidden="true" />}
          {formatCounted(pins.length, "pinned line")}
        </Button>
        <span className="flex-1" />
        <CopyButton value={() => rowsAsText(pins, servers)} label="Copy all pinned lines" />
        <Button variant="ghost" size="sm" onClick={onUnpinAll}>
          Unpin all
        </Button>
      </div>
      <ul
        id={id}
        hidden={!isOpen}
        className="max-h-[min(8.75rem,25dvh)] overflow-y-auto pb-1 font-mono leading-5"
      >
        {pins.map((pin) => (
          <li
            key={`${pin.source} ${pin.epoch} ${pin.entry.seq}`}
            className="group flex h-7 items-center gap-1 pr-1.5 pl-3 sm:h-6"
          >
            <button
              type="button"
              title="Show in the list"
              onClick={() => onJump(pin)}
              className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-sm text-left hover:bg-raised focus-visible:-outline-offset-2"
            >
              <span className="shrink-0 text-faint">{timeOfDay(pin.entry.timestamp)}</span>
              <span
                title={pin.entry.level}
                className={cn(
                  "h-4 w-4 shrink-0 rounded-sm text-center font-semibold leading-4",
                  LEVEL_LOOK[pin.entry.level].badge,
                )}
              >
                {LEVEL_LOOK[pin.entry.level].letter}
              </span>
              <span className="min-w-0 truncate [&_a]:pointer-events-none">
                <PinnedText message={pin.entry.message} />
              </span>
            </button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Unpin"
              title="Unpin"
              onClick={() => onUnpin(pin)}
            >
              <X aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The first line of a message without links: it is inside a button. */
function PinnedText({ message }: { message: string }) {
  const [first = ""] = message.slice(0, PAINTED_CHARACTERS_MAX).split("\n", 1);
  return <LogMessage message={first} hasLinks={false} />;
}
