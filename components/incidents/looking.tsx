"use client";

import { useEffect, useState } from "react";
import { Spinner } from "#components/ui/spinner.tsx";
import { incidentLimits } from "#lib/kernel/limits/incidents.ts";
import { STAGE_ORDER, STAGE_WORDS } from "./stages.ts";

const TICK_MS = 1_000;

/** What is looked at while a diagnosis is made: everything at the same time, within a time that is told. */
export function Looking() {
  const seconds = useSecondsHere();
  return (
    <div role="status" className="grid gap-3">
      <p className="flex items-center gap-2 font-medium">
        <Spinner />
        Looking at every hop
        <span aria-hidden="true" className="font-normal text-faint text-xs tabular-nums">
          {`${seconds} s, ${incidentLimits.collectMs / 1_000} s at most`}
        </span>
      </p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1.5 text-muted text-xs">
        {STAGE_ORDER.map((stage) => {
          const { icon: Icon, label } = STAGE_WORDS[stage];
          return (
            <li key={stage} className="flex items-center gap-1.5">
              <Icon aria-hidden="true" className="size-3.5 animate-shimmer text-faint" />
              {label}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Seconds since the component came on the screen. */
function useSecondsHere(): number {
  const [seconds, setSeconds] = useState(0);
  // External system: the clock.
  useEffect(() => {
    const timer = setInterval(() => setSeconds((shown) => shown + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}
