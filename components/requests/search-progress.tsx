"use client";

import { Square, StepForward } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import { Time } from "#components/ui/time.tsx";

interface SearchProgressProps {
  matches: number;
  scannedTo: string | null;
  isComplete: boolean;
  isSearching: boolean;
  /** Somebody asked to follow the log, which a search does not. */
  isLive: boolean;
  onStop: () => void;
  onGoOn: () => void;
}

/** How far a search for text has come, and the way to stop it or to go on. */
export function SearchProgress(props: SearchProgressProps) {
  const { matches, scannedTo, isComplete, isSearching } = props;
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-2 gap-y-1 border-b px-4 py-1 text-muted text-xs">
      {isSearching ? <Spinner className="size-3.5" /> : null}
      <span role="status" className="tabular-nums">
        {isComplete ? (
          "Searched the whole window"
        ) : scannedTo === null ? (
          "Searching"
        ) : (
          <>
            Searched back to <Time value={scannedTo} display="short" />
          </>
        )}
        {` · ${formatCounted(matches, "match", "matches")}`}
        {props.isLive ? " · a search does not follow what comes" : ""}
      </span>
      {isSearching ? (
        <Button size="sm" variant="ghost" className="ml-auto" onClick={props.onStop}>
          <Square aria-hidden="true" />
          Stop
        </Button>
      ) : isComplete ? null : (
        <Button size="sm" variant="ghost" className="ml-auto text-accent" onClick={props.onGoOn}>
          <StepForward aria-hidden="true" />
          Go on
        </Button>
      )}
    </div>
  );
}
