import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import type { PauseState } from "#lib/client/log-stream/viewer-snapshot.ts";

interface JumpPillProps {
  paused: PauseState;
  linesPerSecond: number;
  onFollow: () => void;
}

/** What arrived while the list stood still, exactly, and the way back to the newest line. */
export function JumpPill({ paused, linesPerSecond, onFollow }: JumpPillProps) {
  const { newLines, newErrors } = paused;
  return (
    <button
      type="button"
      onClick={onFollow}
      className="absolute bottom-3 left-1/2 inline-flex h-8 max-w-[calc(100%-1.5rem)] -translate-x-1/2 items-center gap-[0.6ch] whitespace-nowrap rounded-full bg-fg px-3.5 font-medium text-bg text-xs shadow-pop hover:bg-fg/90"
    >
      <span aria-hidden="true">▼</span>
      {newLines === 0 ? (
        "Follow"
      ) : (
        <>
          {formatCount(newLines)} new{" "}
          {newErrors > 0 ? (
            <span className="text-[light-dark(oklch(0.75_0.16_25),oklch(0.5_0.2_25))]">
              · {formatCounted(newErrors, "error")}{" "}
            </span>
          ) : null}
          {linesPerSecond >= 0.5 ? (
            <span className="opacity-75">· {formatCount(linesPerSecond)}/s</span>
          ) : null}
        </>
      )}
    </button>
  );
}
