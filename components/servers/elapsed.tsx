"use client";

import { useEffect, useState } from "react";
import { formatDuration } from "#components/ui/numbers.ts";

const TICK_MS = 500;

/** How long something has been going on since `since`, moving. Nothing until the browser runs. */
export function Elapsed({ since }: { since: string }) {
  const [elapsedMs, setElapsedMs] = useState<number | null>(null);
  // External system: the clock.
  useEffect(() => {
    const look = () => setElapsedMs(Math.max(0, Date.now() - Date.parse(since)));
    look();
    const timer = setInterval(look, TICK_MS);
    return () => clearInterval(timer);
  }, [since]);
  return elapsedMs === null ? null : <span className="tabular-nums">{formatDuration(elapsedMs)}</span>;
}
