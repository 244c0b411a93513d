"use client";

import { type KeyboardEvent, useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { CopyButton, copyText } from "#components/ui/copy-button.tsx";
import { type JsonNode, valueAsText } from "#lib/client/json-tree/json-node.ts";
import {
  firstOpen,
  type TreeLine,
  type TreeLook,
  treeLines,
  withClosed,
  withMore,
} from "#lib/client/json-tree/tree-lines.ts";
import { JsonText } from "./json-text.tsx";
import { JsonTreeLine } from "./json-tree-line.tsx";

interface JsonTreeProps {
  root: JsonNode;
  label?: string;
  look?: TreeLook;
  /** Levels that are open before anybody opens more. */
  openLevels?: number;
}

/** A JSON value as a tree: opened and closed by click or arrow keys; members, and long texts, painted in steps. */
export function JsonTree({ root, label = "JSON", look = "source", openLevels = 1 }: JsonTreeProps) {
  const [open, setOpen] = useState(() => firstOpen(root, look, openLevels));
  const [focused, setFocused] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const treeId = useId();
  const lines = treeLines(root, look, open);
  const at = Math.max(
    0,
    lines.findIndex((line) => line.id === focused),
  );
  const current = lines[at];
  const showMore = (line: TreeLine) => setOpen(withMore(open, line));
  const close = (line: TreeLine) => setOpen(withClosed(open, line));
  const toggle = (line: TreeLine) => {
    if (line.canOpen) setOpen(line.isOpen ? withClosed(open, line) : withMore(open, line));
  };
  const goTo = (index: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (line === undefined) return;
    setFocused(line.id);
    list.current?.children[lines.indexOf(line)]?.scrollIntoView({ block: "nearest" });
  };
  const copy = (text: string, what: string) => {
    copyText(text).then(
      () => setSaid(`${what} copied`),
      () => setSaid("The browser did not allow copying"),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A link in a text has its own keys.
    if (current === undefined || event.target !== event.currentTarget) return;
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.key === "ArrowDown") goTo(at + 1);
    else if (event.key === "ArrowUp") goTo(at - 1);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(lines.length - 1);
    else if (event.key === "ArrowRight") {
      if (current.canOpen && !current.isOpen) showMore(current);
      else if (current.isOpen && current.branch !== null) goTo(at + 1);
    } else if (event.key === "ArrowLeft") {
      if (current.isOpen) close(current);
      else if (current.parent !== null) goTo(lines.findIndex((line) => line.id === current.parent));
    } else if (event.key === "Enter" || event.key === " ") {
      if (current.isOpen && current.hidden > 0) showMore(current);
      else toggle(current);
    } else if (event.key === "c") copy(valueAsText(current.node), "Value");
    else if (event.key === "p") copy(current.path, "Path");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isReading = look === "reading";
  // A recorded message is read more often than picked apart.
  const isPicking = focused !== null || !isReading;
  return (
    <div>
      <div
        ref={list}
        role="tree"
        aria-label={label}
        aria-activedescendant={current ? `${treeId}${at}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          // Reached by keyboard: keys act on the current line, so it shows. A click picks its own.
          if (current && event.currentTarget.matches(":focus-visible")) setFocused(current.id);
        }}
        className={cn(
          "overflow-auto rounded-md border bg-bg py-1.5 font-mono text-xs leading-5",
          isReading ? "max-h-96" : "max-h-72",
        )}
      >
        {lines.map((line, index) => (
          <JsonTreeLine
            key={line.id}
            id={`${treeId}${index}`}
            line={line}
            look={look}
            isCurrent={index === at}
            isMarked={index === at && isPicking}
            onPick={() => {
              setFocused(line.id);
              if (line.branch !== null) toggle(line);
            }}
            onMore={() => {
              setFocused(line.id);
              showMore(line);
              // The button may be gone with what it showed.
              list.current?.focus({ preventScroll: true });
            }}
          />
        ))}
      </div>
      {current === undefined || !isPicking ? null : (
        <div className="mt-2 flex flex-wrap items-center gap-1.5 font-sans text-xs">
          <CopyButton value={() => valueAsText(current.node)} label="Copy the value of the current line (c)">
            Copy value
          </CopyButton>
          <CopyButton value={current.path} label="Copy the path of the current line (p)">
            Copy path
          </CopyButton>
          {current.isOpen && current.hidden > 0 ? (
            <Button size="sm" onClick={() => showMore(current)}>
              Show more
            </Button>
          ) : null}
          <code className="min-w-0 truncate text-faint">
            <JsonText text={current.path} />
          </code>
          <span role="status" className="sr-only">
            {said}
          </span>
        </div>
      )}
    </div>
  );
}
