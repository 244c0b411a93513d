"use client";

import { useLogStream } from "#components/log-stream/use-log-stream.ts";
import { CallLines } from "#components/requests/call-lines.tsx";
import { formatCount } from "#components/ui/numbers.ts";
import type { LogEntry } from "#lib/contract/index.ts";

/** Lines of one call that are shown beside its result. */
const LINES_SHOWN_MAX = 200;

interface LiveCallLinesProps {
  organization: string;
  slug: string;
  requestId: string;
}

/** What the server wrote during one call, from the live stream: also where nothing is stored. */
export function LiveCallLines({ organization, slug, requestId }: LiveCallLinesProps) {
  const { snapshot } = useLogStream(organization, [{ slug }], { filter: { requestId }, line: null });
  const { view, connection } = snapshot;
  const lines: LogEntry[] = [];
  for (let index = Math.max(0, view.count - LINES_SHOWN_MAX); index < view.count; index++) {
    const row = view.rowAt(index);
    if (row?.kind === "line") lines.push(row.entry);
  }
  return (
    <section aria-label="Console lines of this call">
      <h4 className="mb-1.5 flex items-center gap-2 font-semibold text-sm">
        Console lines
        {lines.length > 0 ? (
          <span className="font-normal text-faint">{formatCount(lines.length)}</span>
        ) : null}
      </h4>
      {lines.length > 0 ? (
        <CallLines lines={lines} label="Lines" />
      ) : (
        <p className="rounded-md border border-dashed px-3 py-2.5 text-muted text-sm">
          {connection.phase === "live"
            ? "The server wrote no line during this call."
            : connection.phase === "refused"
              ? connection.message
              : "Looking for lines"}
        </p>
      )}
    </section>
  );
}
