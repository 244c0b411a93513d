"use client";

import { Pin, PinOff } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes, formatCount, formatCounted } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { jsonIn } from "#lib/client/json-tree/json-node.ts";
import { messageAsText, rowAsJson, timeOfDay } from "#lib/client/log-stream/line-text.ts";
import type { RowGroup } from "#lib/client/log-stream/painted-rows.ts";
import type { LineRow, LogRow } from "#lib/client/log-stream/rows.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { LogMessage } from "./log-message.tsx";

const JsonTree = dynamic(
  () => import("#components/json-tree/json-tree.tsx").then((module) => module.JsonTree),
  { ssr: false },
);

interface LogRowDetailsProps {
  row: LineRow;
  group: RowGroup;
  /** The last line of the group; the row itself when it is alone. */
  last: LogRow;
  isPinned: boolean;
  requestHref: (requestId: string, source: number) => string;
  lineHref: (row: LineRow) => string;
  /** Gateway, console and upstream around the line. */
  aroundHref: (row: LineRow) => string;
  onShowInContext: ((row: LineRow) => void) | null;
  onFilterRequest: (requestId: string) => void;
  onTogglePin: (row: LineRow) => void;
  onToggleGroup: (n: number) => void;
  onHeight: (n: number, heightPx: number) => void;
}

const VIEWS = {
  text: { value: "text", label: "Text" },
  tree: { value: "tree", label: "JSON" },
  signs: { value: "signs", label: "Unseen characters" },
} as const;
type MessageView = keyof typeof VIEWS;

/** Everything about one line: the whole message, as a tree if it is JSON, when, how often, and which request wrote it. */
export function LogRowDetails(props: LogRowDetailsProps) {
  const { row, group, last, isPinned, requestHref, onFilterRequest, onHeight } = props;
  const box = useRef<HTMLElement>(null);
  const { entry } = row;
  const json = useMemo(() => jsonIn(entry.message), [entry.message]);
  const hasUnseen = useMemo(() => withSigns(entry.message) !== entry.message, [entry.message]);
  const views = [...(json ? [VIEWS.tree] : []), VIEWS.text, ...(hasUnseen ? [VIEWS.signs] : [])];
  const [chosen, setChosen] = useState<MessageView>(json ? "tree" : "text");
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
        {group.kind === "repeat" && last.kind === "line" ? (
          <Fact name="Repeated">
            {formatCounted(group.to - group.from, "time")}, first {timeOfDay(entry.timestamp)}, last{" "}
            {timeOfDay(last.entry.timestamp)}
          </Fact>
        ) : null}
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
              href={requestHref(entry.requestId, row.source)}
              className="break-all font-mono text-accent hover:underline"
            >
              {entry.requestId}
            </Link>
          </Fact>
        ) : null}
      </dl>
      {views.length > 1 ? (
        <SegmentedControl
          label="Show the message as"
          value={chosen}
          options={views}
          onChange={setChosen}
          className="mt-2"
        />
      ) : null}
      <div className="mt-2">
        {chosen === "tree" && json ? (
          <>
            {json.before === "" ? null : (
              <p className="mb-1 font-mono text-xs leading-5 break-words whitespace-pre-wrap">
                <LogMessage message={json.before} />
              </p>
            )}
            <JsonTree root={json.root} />
          </>
        ) : (
          <section
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label="Message"
            className="max-h-72 overflow-auto rounded-md border bg-bg p-2.5"
          >
            <pre className="whitespace-pre-wrap break-words text-xs leading-5">
              <LogMessage message={chosen === "signs" ? withSigns(entry.message) : entry.message} />
            </pre>
          </section>
        )}
      </div>
      <div className="mt-2 flex flex-wrap gap-1.5">
        <Button size="sm" onClick={() => props.onTogglePin(row)}>
          {isPinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}
          {isPinned ? "Unpin" : "Pin"}
        </Button>
        {group.kind === "stack" || group.kind === "repeat" ? (
          <Button size="sm" onClick={() => props.onToggleGroup(row.n)}>
            {group.isOpen ? "Fold" : "Unfold"}{" "}
            {group.kind === "stack"
              ? formatCounted(group.to - group.from - 1, "line")
              : `${formatCount(group.to - group.from)} equal lines`}
          </Button>
        ) : null}
        <CopyButton value={() => messageAsText(row)} label="Copy message">
          Copy message
        </CopyButton>
        <CopyButton value={() => props.lineHref(row)} label="Copy link to line">
          Copy link
        </CopyButton>
        {props.onShowInContext === null ? null : (
          <Button size="sm" onClick={() => props.onShowInContext?.(row)}>
            Show in context
          </Button>
        )}
        {entry.timestamp > 0 ? (
          <Button asChild size="sm">
            <Link href={props.aroundHref(row)}>Around this moment</Link>
          </Button>
        ) : null}
        <CopyButton value={() => rowAsJson(row)} label="Copy as JSON">
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
