"use client";

import { Pause, Radio, RotateCw } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";

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

function LiveSign({ isFollowing, pausedBy }: NonNullable<LogFreshnessProps["live"]>) {
  const Icon = isFollowing ? Radio : Pause;
  return (
    <span role="status" className="flex items-center gap-1.5">
      <Icon aria-hidden="true" className={cn("size-3.5", isFollowing && "text-ok")} />
      {isFollowing
        ? "Live: asks for new rows every 2 seconds"
        : pausedBy === "row"
          ? "Paused while a row is open"
          : "Paused: scrolled down"}
    </span>
  );
}

function textOf(page: number, newer: number | null | undefined): string {
  if (newer === undefined) return "";
  if (newer === null) return "More than can be counted";
  if (newer === 0) return page === 1 ? "Up to date" : "Pinned; nothing newer";
  return page === 1 ? "" : `Pinned; ${formatCount(newer)} newer`;
}
