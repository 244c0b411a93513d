"use client";

import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes, formatCounted } from "#components/ui/numbers.ts";
import { readMessage } from "./message-text.ts";
import { RecordedJson } from "./recorded-json.tsx";

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
      <RecordedJson label={label} text={recorded} root={message.kind === "json" ? message.root : null} />
    </div>
  );
}
