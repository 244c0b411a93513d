import { cn } from "#components/ui/class-names.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { Time } from "#components/ui/time.tsx";
import type { OperationLogLine } from "#lib/contract/index.ts";

const LEVEL_STYLE: Record<OperationLogLine["level"], string> = {
  debug: "text-debug",
  info: "text-info",
  warn: "text-warn",
  error: "text-fail",
};

/** What an operation wrote, and what the version wrote while it was tried. */
export function OperationLog({ lines, open }: { lines: readonly OperationLogLine[]; open: boolean }) {
  if (lines.length === 0) return null;
  return (
    <details open={open} className="group min-w-0">
      <summary className="w-fit rounded-sm text-muted text-xs hover:text-fg">
        Log · {formatCounted(lines.length, "line")}
      </summary>
      <div className="mt-1.5 flex min-w-0 items-start rounded-md border bg-bg">
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label="Operation log"
          className="max-h-56 min-w-0 flex-1 overflow-auto py-1.5 pl-2.5 font-mono text-2xs leading-4.5"
        >
          {lines.map((line, index) => (
            <p
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id and are only ever appended
              key={index}
              className="grid grid-cols-[auto_0.75rem_minmax(0,1fr)] gap-x-2"
            >
              <Time value={line.at} display="clock-ms" className="text-faint" />
              <span className={cn("font-semibold", LEVEL_STYLE[line.level])} title={line.level}>
                <span aria-hidden="true">{line.level.slice(0, 1).toUpperCase()}</span>
                <span className="sr-only">{line.level}</span>
              </span>
              <span className="min-w-0 whitespace-pre-wrap break-words">{line.message}</span>
            </p>
          ))}
        </section>
        <CopyButton
          value={lines.map((line) => `${line.at} ${line.level} ${line.message}`).join("\n")}
          label="Copy log"
          className="m-1 ml-0"
        />
      </div>
    </details>
  );
}
