"use client";

import { type KeyboardEvent, useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { CopyButton, copyText } from "#components/ui/copy-button.tsx";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import {
  type JsonKind,
  type JsonNode,
  memberCount,
  memberPath,
  membersOf,
  valueAsText,
} from "#lib/client/log-stream/json-tree.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { LogMessage } from "./log-message.tsx";

const COLOURS: Readonly<Record<JsonKind, string>> = {
  object: "text-muted",
  array: "text-muted",
  string: "text-ok",
  number: "text-info",
  boolean: "text-gateway",
  null: "text-faint",
};

const ROOT = "0";

/** One visible line of the tree. */
interface Item {
  /** The places of the members on the way to it: a key may come twice, a place may not. */
  readonly id: string;
  /** Where it stands, in JSONPath notation. */
  readonly path: string;
  /** Id of the value it is a member of. */
  readonly parent: string | null;
  readonly label: string | null;
  readonly node: JsonNode;
  readonly level: number;
  readonly isOpen: boolean;
  /** Members that are not painted yet. */
  readonly hidden: number;
}

/** A JSON value as a tree: opened and closed by click or arrow keys, members painted in steps. */
export function JsonTree({ root }: { root: JsonNode }) {
  const [open, setOpen] = useState<ReadonlyMap<string, number>>(
    new Map([[ROOT, viewerLimits.jsonTreeChildrenStep]]),
  );
  const [focused, setFocused] = useState(ROOT);
  const [said, setSaid] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const treeId = useId();
  const items = itemsOf({ node: root, id: ROOT, path: "$", parent: null, label: null, level: 1 }, open);
  const at = Math.max(
    0,
    items.findIndex((item) => item.id === focused),
  );
  const current = items[at];
  const toggle = (item: Item, isOpen = !item.isOpen) => {
    if (!isContainer(item.node)) return;
    const next = new Map(open);
    if (isOpen) next.set(item.id, viewerLimits.jsonTreeChildrenStep);
    else next.delete(item.id);
    setOpen(next);
  };
  const showMore = (item: Item) =>
    setOpen(new Map(open).set(item.id, (open.get(item.id) ?? 0) + viewerLimits.jsonTreeChildrenStep));
  const goTo = (index: number) => {
    const item = items[Math.max(0, Math.min(items.length - 1, index))];
    if (item === undefined) return;
    setFocused(item.id);
    list.current?.children[items.indexOf(item)]?.scrollIntoView({ block: "nearest" });
  };
  const copy = (text: string, what: string) => {
    copyText(text).then(
      () => setSaid(`${what} copied`),
      () => setSaid("The browser did not allow copying"),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (current === undefined || event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.key === "ArrowDown") goTo(at + 1);
    else if (event.key === "ArrowUp") goTo(at - 1);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(items.length - 1);
    else if (event.key === "ArrowRight") {
      if (current.isOpen) goTo(at + 1);
      else toggle(current, true);
    } else if (event.key === "ArrowLeft") {
      if (current.isOpen) toggle(current, false);
      else if (current.parent !== null) setFocused(current.parent);
    } else if (event.key === "Enter" || event.key === " ") {
      if (current.hidden > 0 && current.isOpen) showMore(current);
      else toggle(current);
    } else if (event.key === "c") copy(valueAsText(current.node), "Value");
    else if (event.key === "p") copy(current.path, "Path");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div>
      <div
        ref={list}
        role="tree"
        aria-label="JSON"
        aria-activedescendant={current ? `${treeId}${at}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="max-h-72 overflow-auto rounded-md border bg-bg py-1.5 font-mono text-xs leading-5"
      >
        {items.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree, which has the focus
          // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names the current item
          <div
            key={item.id}
            id={`${treeId}${index}`}
            role="treeitem"
            aria-level={item.level}
            aria-expanded={isContainer(item.node) ? item.isOpen : undefined}
            aria-selected={index === at}
            onClick={() => {
              setFocused(item.id);
              toggle(item);
            }}
            className={cn(
              "flex min-w-max cursor-default px-2 hover:bg-raised/70",
              index === at && "bg-accent-soft",
            )}
            style={{ paddingLeft: `${(item.level - 1) * 2 + 1}ch` }}
          >
            <span aria-hidden="true" className="w-[2ch] shrink-0 select-none text-faint">
              {isContainer(item.node) ? (item.isOpen ? "\u25be" : "\u25b8") : ""}
            </span>
            {item.label === null ? null : (
              <span className="shrink-0 whitespace-pre text-fg">
                <LogMessage message={item.label} />
                <span className="text-faint">: </span>
              </span>
            )}
            <span className={cn("whitespace-pre", COLOURS[item.node.kind])}>
              <Value item={item} />
            </span>
            {item.isOpen && item.hidden > 0 ? (
              <button
                type="button"
                tabIndex={-1}
                onClick={(event) => {
                  event.stopPropagation();
                  setFocused(item.id);
                  showMore(item);
                }}
                className="ml-2 shrink-0 rounded-sm bg-raised px-1 text-muted hover:text-fg"
              >
                {formatCount(item.hidden)} more
              </button>
            ) : null}
          </div>
        ))}
      </div>
      {current === undefined ? null : (
        <div className="mt-2 flex flex-wrap items-center gap-1.5">
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
            <LogMessage message={current.path} />
          </code>
          <span role="status" className="sr-only">
            {said}
          </span>
        </div>
      )}
    </div>
  );
}

function Value({ item: { node, isOpen } }: { item: Item }) {
  if (!isContainer(node)) {
    return <LogMessage message={node.source.slice(0, viewerLimits.paintedCharactersMax)} />;
  }
  const [start, end] = node.kind === "array" ? ["[", "]"] : ["{", "}"];
  if (isOpen) return start;
  const count = memberCount(node);
  const what = node.kind === "array" ? formatCounted(count, "item") : formatCounted(count, "key");
  return count === 0 ? `${start}${end}` : `${start} ${what} ${end}`;
}

const isContainer = ({ kind }: JsonNode): boolean => kind === "object" || kind === "array";

type Place = Pick<Item, "id" | "path" | "parent" | "label" | "node" | "level">;

/** The lines that are visible, from top to bottom. Depth is bounded by what counts as JSON here. */
function itemsOf(place: Place, open: ReadonlyMap<string, number>): Item[] {
  const { id, path, node, level } = place;
  const shown = isContainer(node) ? open.get(id) : undefined;
  const members = shown === undefined ? [] : membersOf(node, shown);
  const hidden = shown === undefined ? 0 : memberCount(node) - members.length;
  const below = members.flatMap(({ key, node: value }, index) =>
    itemsOf(
      {
        id: `${id}/${index}`,
        path: memberPath(path, key),
        parent: id,
        label: typeof key === "string" ? JSON.stringify(key) : String(key),
        node: value,
        level: level + 1,
      },
      open,
    ),
  );
  return [{ ...place, isOpen: shown !== undefined, hidden }, ...below];
}
