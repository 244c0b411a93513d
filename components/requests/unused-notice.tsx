"use client";

import { Notice } from "#components/ui/notice.tsx";

/** Says which parts of the address were left out, so that nobody trusts a filter that is none. */
export function UnusedNotice({ names }: { names: readonly string[] }) {
  return (
    <Notice tone="warn">
      Left out of this view, because the value cannot be used here:{" "}
      <span className="font-mono text-xs">{names.join(", ")}</span>
    </Notice>
  );
}
