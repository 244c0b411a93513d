"use client";

import { X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import {
  rowsAsFile,
  rowsAsMessages,
  rowsAsText,
  type ServerNames,
} from "#lib/client/log-stream/line-text.ts";
import type { LogRow } from "#lib/client/log-stream/rows.ts";

interface SelectionBarProps {
  /** Lines of the selection, folded ones included. */
  lines: number;
  rows: () => readonly LogRow[];
  servers: ServerNames;
  /** The selection as it stands on the screen. */
  shown: () => string;
  onPin: () => void;
  onClear: () => void;
}

/** What can be done with the lines selected; they are taken from the buffer, not from the page. */
export function SelectionBar({ lines, rows, servers, shown, onPin, onClear }: SelectionBarProps) {
  return (
    <section
      aria-label="Selected lines"
      className="no-scrollbar flex h-10 shrink-0 items-center gap-1.5 overflow-x-auto whitespace-nowrap border-t bg-accent-soft px-3 text-xs"
    >
      <span role="status" className="mr-1 font-medium tabular-nums">
        {formatCounted(lines, "line")} selected
      </span>
      <CopyButton value={() => rowsAsText(rows(), servers)} label="Copy with time, level and request">
        Copy
      </CopyButton>
      <CopyButton value={() => rowsAsMessages(rows())} label="Copy only the messages">
        Messages
      </CopyButton>
      <CopyButton
        value={() => rowsAsFile(rows(), "ndjson", servers)}
        label="Copy as JSON, one object per line"
      >
        JSON
      </CopyButton>
      <CopyButton value={shown} label="Copy as it stands: folded lines as one">
        As shown
      </CopyButton>
      <Button size="sm" onClick={onPin}>
        Pin
      </Button>
      <span className="flex-1" />
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="End the selection"
        title="End the selection (Esc)"
        onClick={onClear}
      >
        <X aria-hidden="true" />
      </Button>
    </section>
  );
}
