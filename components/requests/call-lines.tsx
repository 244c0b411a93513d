import { LEVEL_LOOK } from "#components/log-stream/levels.ts";
import { LogMessage } from "#components/log-stream/log-message.tsx";
import { cn } from "#components/ui/class-names.ts";
import { timeOfDay } from "#lib/client/log-stream/line-text.ts";
import type { LogEntry } from "#lib/contract/index.ts";

/** The console lines of one call, whole, oldest first. */
export function CallLines({ lines, label }: { lines: readonly LogEntry[]; label: string }) {
  return (
    <ol
      aria-label={label}
      className="overflow-hidden rounded-md border bg-bg py-1 font-mono text-xs leading-5"
    >
      {lines.map((line) => {
        const look = LEVEL_LOOK[line.level];
        return (
          <li
            key={line.seq}
            data-level={line.level}
            className={cn("grid grid-cols-[5.75rem_1rem_minmax(0,1fr)] gap-x-2 px-2.5", look.row)}
          >
            <span className="text-faint">{timeOfDay(line.timestamp)}</span>
            <span
              title={line.level}
              className={cn("my-0.5 h-4 rounded-sm text-center font-semibold leading-4", look.badge)}
            >
              {look.letter}
            </span>
            <span className="whitespace-pre-wrap break-words">
              <LogMessage message={line.message} />
              {line.truncated ? <span className="ml-1 text-warn">… cut to 10 KiB</span> : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
