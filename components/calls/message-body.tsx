"use client";

import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes, formatCounted } from "#components/ui/numbers.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { BodyTree } from "./body-tree.tsx";
import { readMessage } from "./message-text.ts";

interface MessageBodyProps {
  label: string;
  recorded: string;
  /** Size before it was cut. */
  bytes: number;
}

/** What was said in one message, as a tree where it is JSON: what was taken out of it and where it was cut is said. */
export function MessageBody({ label, recorded, bytes }: MessageBodyProps) {
  const message = readMessage(recorded);
  const keptBytes = new TextEncoder().encode(recorded).length;
  // Redaction makes a message shorter too; but only a cut leaves half of its JSON.
  const isCut = message.kind === "text" && keptBytes < bytes;
  return (
    <div className="grid min-w-0 grid-cols-1 gap-1">
      <div className="flex min-h-7 flex-wrap items-center gap-x-2.5 text-xs">
        <h4 className="font-medium">{label}</h4>
        <span className="text-muted">{formatBytes(bytes)}</span>
        {message.redactions > 0 ? (
          <span className="text-warn">{formatCounted(message.redactions, "value")} redacted</span>
        ) : null}
        {isCut ? (
          <span className="text-warn">
            cut at {formatBytes(keptBytes)} of {formatBytes(bytes)}
          </span>
        ) : null}
        <CopyButton value={recorded} label={`Copy ${label.toLowerCase()}`} className="ml-auto" />
      </div>
      {message.kind === "json" ? (
        <BodyTree value={message.value} label={label} />
      ) : (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label={label}
          className="max-h-96 overflow-auto rounded-md border bg-bg px-2.5 py-2 text-xs leading-5"
        >
          <pre className="whitespace-pre-wrap break-words">{withSigns(message.text)}</pre>
        </section>
      )}
    </div>
  );
}
