import { ChevronRight } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import type { JsonKind } from "#lib/client/json-tree/json-node.ts";
import type { TreeLine, TreeLook } from "#lib/client/json-tree/tree-lines.ts";
import { JsonText } from "./json-text.tsx";

const COLOURS: Readonly<Record<JsonKind, string>> = {
  object: "text-muted",
  array: "text-muted",
  string: "text-ok",
  number: "text-info",
  boolean: "text-gateway",
  null: "text-faint",
};

/** Steps to the right where texts wrap: a narrow screen must keep room for the text. */
const INDENTED_LEVELS_MAX = 10;

interface JsonTreeLineProps {
  id: string;
  line: TreeLine;
  look: TreeLook;
  isCurrent: boolean;
  /** Whether it is shown as the current one. */
  isMarked: boolean;
  onPick: () => void;
  onMore: () => void;
}

/** One line of the tree: name and value, or name and how much there is to open. */
export function JsonTreeLine({ id, line, look, isCurrent, isMarked, onPick, onMore }: JsonTreeLineProps) {
  const { branch, node, level, isOpen, canOpen, hidden } = line;
  const isReading = look === "reading";
  const indent = isReading ? Math.min(level - 1, INDENTED_LEVELS_MAX) : level - 1;
  const isPlainText = isReading && branch === null && node.kind === "string";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree, which has the focus
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names the current line
    <div
      id={id}
      role="treeitem"
      aria-level={level}
      aria-expanded={canOpen ? isOpen : undefined}
      aria-selected={isCurrent}
      onClick={onPick}
      className={cn(
        "flex cursor-default px-2 hover:bg-raised/70",
        !isReading && "min-w-max",
        isMarked && "bg-accent-soft",
      )}
      style={{ paddingLeft: `${indent * 2 + 1}ch` }}
    >
      <span aria-hidden="true" className="flex h-5 w-[2ch] shrink-0 items-center text-faint">
        {branch !== null && canOpen ? (
          <ChevronRight className={cn("size-3 transition-transform", isOpen && "rotate-90")} />
        ) : null}
      </span>
      <span className={cn(isReading ? "min-w-0 flex-1 whitespace-pre-wrap wrap-anywhere" : "whitespace-pre")}>
        <Name line={line} look={look} />
        <span className={isPlainText ? "cursor-text" : COLOURS[branch?.kind ?? node.kind]}>
          {branch === null ? <JsonText text={line.text} /> : bracketsOf(line)}
        </span>
        {branch !== null && branch !== node ? (
          <span className="ml-2 font-sans text-2xs text-faint">JSON in a text</span>
        ) : null}
        {hidden > 0 ? (
          <button
            type="button"
            tabIndex={-1}
            onClick={(event) => {
              event.stopPropagation();
              onMore();
            }}
            className="ml-2 rounded-sm bg-raised px-1 text-muted hover:text-fg"
          >
            {branch === null ? `… ${formatCounted(hidden, "more character")}` : `${formatCount(hidden)} more`}
          </button>
        ) : null}
      </span>
    </div>
  );
}

function Name({ line: { key }, look }: { line: TreeLine; look: TreeLook }) {
  if (key === null) return null;
  const isReading = look === "reading";
  return (
    <span className={isReading ? "text-muted" : "text-fg"}>
      <JsonText text={typeof key === "string" && !isReading ? JSON.stringify(key) : String(key)} />
      <span className="text-faint">: </span>
    </span>
  );
}

function bracketsOf({ branch, count, isOpen }: TreeLine): string {
  const isList = branch?.kind === "array";
  const [start, end] = isList ? ["[", "]"] : ["{", "}"];
  if (isOpen) return start;
  return count === 0 ? `${start}${end}` : `${start} ${formatCounted(count, isList ? "item" : "key")} ${end}`;
}
