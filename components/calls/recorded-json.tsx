"use client";

import dynamic from "next/dynamic";
import type { JsonNode } from "#lib/client/json-tree/json-node.ts";
import { withSigns } from "#lib/client/log-stream/signs.ts";

const JsonTree = dynamic(
  () => import("#components/json-tree/json-tree.tsx").then((module) => module.JsonTree),
  { ssr: false },
);

/** Enough of a JSON-RPC answer to see its content. */
const OPEN_LEVELS = 3;

interface RecordedJsonProps {
  label: string;
  text: string;
  /** The tree of the text; null when it is none, then the text is shown as it is. */
  root: JsonNode | null;
}

/** What was said in one message, for reading. Text nodes only, unseen characters as signs. */
export function RecordedJson({ label, text, root }: RecordedJsonProps) {
  if (root !== null)
    return (
      <section aria-label={label} className="min-w-0">
        <JsonTree root={root} label={label} look="reading" openLevels={OPEN_LEVELS} />
      </section>
    );
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      className="max-h-96 overflow-auto rounded-md border bg-bg px-2.5 py-2 text-xs leading-5"
    >
      <pre className="whitespace-pre-wrap break-words">{withSigns(text)}</pre>
    </section>
  );
}
