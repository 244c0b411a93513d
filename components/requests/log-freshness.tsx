"use client";

import { RotateCw } from "lucide-react";
import dynamic from "next/dynamic";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";

// Comes with those addresses that are live.
const LiveSign = dynamic(() => import("./live-sign.tsx").then((module) => module.LiveSign));

interface LogFreshnessProps {
  /** Which page is shown; later ones are pinned. */
  page: number;
  /** How many rows are newer than the page; null when that cannot be counted. */
  newer: number | null | undefined;
  pending: boolean;
  onShowNewest: () => void;
  /** Set while the log follows what comes, or would if nobody read in it. */
  live?: { isFollowing: boolean; pausedBy: "row" | "scroll" } | null;
}

/** Whether a page of a log is as it is now, and the way to what came since. */
export function LogFreshness({ page, newer, pending, onShowNewest, live = null }: LogFreshnessProps) {
  const hasNewer = (newer ?? 0) > 0;
  return (
    <div className="flex min-h-9 items-center gap-2 border-b px-4 py-1 text-muted text-xs">
      {live ? <LiveSign {...live} /> : <span role="status">{textOf(page, newer)}</span>}
      {live?.isFollowing ? null : (
        <Button
          size="sm"
          variant="ghost"
          className={cn("ml-auto", hasNewer && "text-accent hover:text-accent")}
          pending={pending}
          onClick={onShowNewest}
        >
          <RotateCw aria-hidden="true" />
          {hasNewer ? `Show ${formatCount(newer ?? 0)} new` : "Refresh"}
        </Button>
      )}
    </div>
  );
}

function textOf(page: number, newer: number | null | undefined): string {
  if (newer === undefined) return "";
  if (newer === null) return "More than can be counted";
  if (newer === 0) return page === 1 ? "Up to date" : "Pinned; nothing newer";
  return page === 1 ? "" : `Pinned; ${formatCount(newer)} newer`;
}
