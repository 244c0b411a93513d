"use client";

import { Crosshair, TextSearch } from "lucide-react";
import Link from "next/link";
import { momentOf, timelineHref } from "#components/calls/around.ts";
import { LogMessage } from "#components/log-stream/log-message.tsx";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes, formatCount } from "#components/ui/numbers.ts";
import { isPlainClick } from "#components/ui/plain-click.ts";
import { Time } from "#components/ui/time.tsx";
import { withoutEscapes } from "#lib/client/log-stream/ansi.ts";
import { prettyJson } from "#lib/client/log-stream/line-text.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { ConsoleLine } from "#lib/contract/index.ts";

interface ConsoleLineDetailsProps {
  line: ConsoleLine;
  contextHref: string;
  requestHref: string | null;
  onRequest: () => void;
}

/** One stored line as a whole, and the ways from it: its call, its neighbours. */
export function ConsoleLineDetails({ line, contextHref, requestHref, onRequest }: ConsoleLineDetailsProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const json = prettyJson(line.message);
  return (
    <section
      aria-label={`Line ${formatCount(line.seq)}`}
      className="border-t bg-surface px-4 py-3 text-xs shadow-[inset_2px_0_0_var(--color-accent)]"
    >
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-muted">
        <Time value={new Date(line.timestamp).toISOString()} display="datetime" />
        <span>console.{line.method ?? line.level}</span>
        <span>line {formatCount(line.seq)}</span>
        {line.version ? <span className="font-mono">{line.version}</span> : null}
        {line.truncated ? (
          <span className="text-warn">
            cut to 10 KiB of {line.bytes === undefined ? "more" : formatBytes(line.bytes)}
          </span>
        ) : null}
        {requestHref ? (
          <a
            href={requestHref}
            className="break-all font-mono text-accent hover:underline"
            onClick={(event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              onRequest();
            }}
          >
            {line.requestId}
          </a>
        ) : null}
      </p>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Message"
        className="mt-2 max-h-80 overflow-auto rounded-md border bg-bg p-2.5"
      >
        <pre className="whitespace-pre-wrap break-words text-xs leading-5">
          <LogMessage
            message={json ? `${json.before}${json.before ? "\n" : ""}${json.json}` : line.message}
          />
        </pre>
      </section>
      <div className="mt-2 flex flex-wrap gap-1.5">
        <Button asChild size="sm">
          <Link href={contextHref}>
            <TextSearch aria-hidden="true" />
            Show among its neighbours
          </Link>
        </Button>
        <Button asChild size="sm">
          <Link href={timelineHref(org, server.slug, momentOf(line.timestamp), line.requestId ?? null)}>
            <Crosshair aria-hidden="true" />
            Around this moment
          </Link>
        </Button>
        <CopyButton value={withSigns(withoutEscapes(line.message))} label="Copy message">
          Copy message
        </CopyButton>
        <CopyButton value={JSON.stringify(line)} label="Copy as JSON">
          Copy as JSON
        </CopyButton>
      </div>
    </section>
  );
}
