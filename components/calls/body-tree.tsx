"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { cn } from "#components/ui/class-names.ts";
import { formatCounted } from "#components/ui/numbers.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import { bodyValue, isRedacted } from "./message-text.ts";

/** Levels that are open at first, and members of one level before the rest has to be asked for. */
const OPEN_DEPTH = 3;
const MEMBERS_SHOWN = 100;
/** Longer texts begin folded. */
const TEXT_SHOWN = 600;

/**
 * A recorded message for reading: texts are wrapped, and JSON that a message carries as text folds open like the rest.
 * Text nodes only, and unseen characters as signs.
 */
export function BodyTree({ value, label }: { value: unknown; label: string }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      className="max-h-96 overflow-auto rounded-md border bg-bg px-2.5 py-2 font-mono text-xs leading-5"
    >
      <Value name={null} value={value} depth={0} />
    </section>
  );
}

function Value({ name, value, depth }: { name: string | null; value: unknown; depth: number }) {
  if (typeof value === "object" && value !== null) return <Branch name={name} value={value} depth={depth} />;
  const inside = typeof value === "string" ? jsonInside(value) : null;
  if (inside !== null) return <Branch name={name} value={inside} depth={depth} isText />;
  return (
    <div className="flex min-w-0 gap-1.5 pl-4">
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
}

interface BranchProps {
  name: string | null;
  value: object;
  depth: number;
  /** It is a text that holds JSON. */
  isText?: boolean;
}

function Branch({ name, value, depth, isText = false }: BranchProps) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  const [shown, setShown] = useState(MEMBERS_SHOWN);
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const size = formatCounted(members.length, isList ? "item" : "member");
  if (members.length === 0)
    return (
      <div className="flex gap-1.5 pl-4">
        <Name name={name} />
        <span className="text-faint">{isList ? "[ ]" : "{ }"}</span>
      </div>
    );
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex min-w-0 items-center gap-1 rounded-sm text-left hover:bg-raised"
      >
        <ChevronRight
          aria-hidden="true"
          className={cn("size-3 shrink-0 text-faint transition-transform", isOpen && "rotate-90")}
        />
        <Name name={name} />
        <span className="text-faint">
          {isOpen ? (isList ? "[" : "{") : isList ? `[${size}]` : `{${size}}`}
        </span>
        {isText ? <span className="ml-1 font-sans text-2xs text-faint">JSON in a text</span> : null}
      </button>
      {isOpen ? (
        <div className="ml-1.5 border-l pl-1.5">
          {members.slice(0, shown).map(([key, member]) => (
            <Value key={key} name={key} value={member} depth={depth + 1} />
          ))}
          {members.length > shown ? (
            <button
              type="button"
              onClick={() => setShown(shown + MEMBERS_SHOWN)}
              className="ml-4 rounded-sm font-sans text-accent hover:underline"
            >
              Show more of {size}
            </button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

/** The object or list that a text is the JSON of, e.g. the text content of a tool's result; null when it is none. */
function jsonInside(text: string): object | null {
  if (!/^\s*[{[]/.test(text)) return null;
  const value = bodyValue(text);
  return typeof value === "object" ? value : null;
}

const Name = ({ name }: { name: string | null }) =>
  name === null ? null : <span className="shrink-0 text-muted">{withSigns(name)}:</span>;

function Leaf({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== "string")
    return <span className={value === null ? "text-faint" : "text-info"}>{String(value)}</span>;
  const isLong = value.length > TEXT_SHOWN && !isWhole;
  return (
    <span className={cn("min-w-0 whitespace-pre-wrap break-words", isRedacted(value) && "text-warn")}>
      {withSigns(isLong ? value.slice(0, TEXT_SHOWN) : value)}
      {isLong ? (
        <button
          type="button"
          onClick={() => setWhole(true)}
          className="ml-1 rounded-sm font-sans text-accent hover:underline"
        >
          … show all
        </button>
      ) : null}
    </span>
  );
}
