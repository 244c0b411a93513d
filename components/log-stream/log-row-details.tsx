"use client";

import Link from "next/link";
import { useLayoutEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes } from "#components/ui/numbers.ts";
import { messageAsText, prettyJson, rowAsJson } from "#lib/client/log-stream/line-text.ts";
import type { LineRow } from "#lib/client/log-stream/rows.ts";
import { LogMessage } from "./log-message.tsx";

interface LogRowDetailsProps {
  row: LineRow;
  requestHref: (requestId: string) => string;
  onFilterRequest: (requestId: string) => void;
  onHeight: (n: number, heightPx: number) => void;
}

/** Everything about one line: the whole message, as JSON if it is some, when, and which request wrote it. */
export function LogRowDetails({ row, requestHref, onFilterRequest, onHeight }: LogRowDetailsProps) {
  const box = useRef<HTMLElement>(null);
  const { entry } = row;
  const json = prettyJson(entry.message);
  const at = new Date(entry.timestamp);
  // External system: layout. Rows below must know how far this one pushes them down.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const report = () => onHeight(row.n, element.offsetHeight);
    report();
    const observer = new ResizeObserver(report);
    observer.observe(element);
    return () => observer.disconnect();
  }, [row.n, onHeight]);
  return (
    <section
      ref={box}
      data-details={row.n}
      aria-label={`Details of line ${entry.seq}`}
      className="border-y bg-surface px-3 py-2.5 font-sans text-xs shadow-[inset_2px_0_0_var(--color-accent)]"
    >
      <dl className="flex flex-wrap gap-x-5 gap-y-1 text-muted">
        <Fact name="Time">
          {entry.timestamp > 0
            ? `${at.toLocaleDateString("en-GB")} ${at.toLocaleTimeString("en-GB")}`
            : "before the first request"}
          {entry.timestamp > 0 ? <span className="text-faint"> · {at.toISOString()}</span> : null}
        </Fact>
        <Fact name="Call">console.{entry.method ?? entry.level}</Fact>
        <Fact name="Line">{entry.seq.toLocaleString("en-US")}</Fact>
        {entry.truncated ? (
          <Fact name="Cut">
            <span className="text-warn">
              to 10 KiB of {entry.bytes === undefined ? "more" : formatBytes(entry.bytes)}
            </span>
          </Fact>
        ) : null}
        {entry.requestId ? (
          <Fact name="Request">
            <Link
              href={requestHref(entry.requestId)}
              className="break-all font-mono text-accent hover:underline"
            >
              {entry.requestId}
            </Link>
          </Fact>
        ) : null}
      </dl>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Message"
        className="mt-2 max-h-72 overflow-auto rounded-md border bg-bg p-2.5"
      >
        <pre className="whitespace-pre-wrap break-words text-xs leading-5">
          <LogMessage
            message={json ? `${json.before}${json.before ? "\n" : ""}${json.json}` : entry.message}
          />
        </pre>
      </section>
      <div className="mt-2 flex flex-wrap gap-1.5">
        <CopyButton value={messageAsText(row)} label="Copy message">
          Copy message
        </CopyButton>
        <CopyButton value={rowAsJson(row)} label="Copy as JSON">
          Copy as JSON
        </CopyButton>
        {entry.requestId ? (
          <Button size="sm" onClick={() => onFilterRequest(entry.requestId ?? "")}>
            Only this request
          </Button>
        ) : null}
      </div>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 text-fg">{children}</dd>
    </div>
  );
}
