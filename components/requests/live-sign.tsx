"use client";

import { Pause, Radio } from "lucide-react";
import { cn } from "#components/ui/class-names.ts";

/** Whether a live log follows what comes, and if not, why. */
export function LiveSign({ isFollowing, pausedBy }: { isFollowing: boolean; pausedBy: "row" | "scroll" }) {
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
