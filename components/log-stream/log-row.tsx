import Link from "next/link";
import type { CSSProperties } from "react";
import { cn } from "#components/ui/class-names.ts";
import type { MatchRanges } from "#lib/client/log-stream/find.ts";
import { remarkText, shortRequestId, timeOfDay } from "#lib/client/log-stream/line-text.ts";
import type { LogRow as Row } from "#lib/client/log-stream/rows.ts";
import { limits } from "#lib/kernel/limits.ts";
import { LEVEL_LOOK } from "./levels.ts";
import { LogMessage } from "./log-message.tsx";

/** Side padding of a row, and the columns before the message; `messageWidthPx` must agree with them. */
export const ROW_GRID =
  "grid grid-cols-[5.75rem_1rem_minmax(0,1fr)] gap-x-2 px-3 sm:grid-cols-[5.75rem_1rem_3.25rem_minmax(0,1fr)]";

export interface LogRowProps {
  row: Row;
  heightPx: number;
  isWrapped: boolean;
  isActive: boolean;
  isSelected: boolean;
  isOpen: boolean;
  /** Draws the line between what was seen before a pause and what came later. */
  isFirstUnseen: boolean;
  ranges: MatchRanges | null;
  isCurrentMatch: boolean;
  /** Where the request log shows the request of a line. */
  requestHref: (requestId: string) => string;
}

/** One row of the log: a line, a gap, or a remark. Its events are handled by the list. */
export function LogRow(props: LogRowProps) {
  const { row, heightPx, isFirstUnseen } = props;
  const style: CSSProperties = { height: heightPx };
  if (row.kind !== "line") {
    return (
      <div
        data-n={row.n}
        data-kind={row.kind}
        style={style}
        className={cn("px-3", row.kind === "gap" ? "text-warn" : "text-faint")}
      >
        <Remark row={row} />
      </div>
    );
  }
  const { entry } = row;
  const look = LEVEL_LOOK[entry.level];
  return (
    <div
      data-n={row.n}
      data-level={entry.level}
      data-active={props.isActive || undefined}
      data-selected={props.isSelected || undefined}
      style={style}
      className={cn(
        ROW_GRID,
        "hover:bg-raised/70 data-[active]:shadow-[inset_2px_0_0_var(--color-accent)] data-[active]:bg-raised data-[selected]:bg-accent-soft",
        look.row,
        isFirstUnseen && "border-accent/70 border-t",
      )}
    >
      <span data-part="time" className="cursor-pointer select-none text-faint">
        {timeOfDay(entry.timestamp)}
      </span>
      <span
        title={entry.level}
        className={cn("my-0.5 h-4 select-none rounded-sm text-center font-semibold leading-4", look.badge)}
      >
        {look.letter}
      </span>
      {entry.requestId ? (
        <Link
          href={props.requestHref(entry.requestId)}
          prefetch={false}
          tabIndex={-1}
          title={`Request ${entry.requestId}`}
          className="hidden truncate text-faint hover:text-fg hover:underline sm:block"
        >
          {shortRequestId(entry.requestId)}
        </Link>
      ) : (
        <span className="hidden sm:block" />
      )}
      <span
        className={cn(
          props.isWrapped ? "overflow-hidden whitespace-pre-wrap break-all" : "truncate whitespace-pre",
        )}
      >
        <LogMessage
          message={paintedText(entry.message, props.isWrapped)}
          ranges={props.ranges}
          isCurrentMatch={props.isCurrentMatch}
        />
        <More message={entry.message} isWrapped={props.isWrapped} />
      </span>
    </div>
  );
}

/** A row on one screen line shows the first line of its message; nobody reads thousands of characters in a row. */
function paintedText(message: string, isWrapped: boolean): string {
  const cut = message.slice(0, limits.viewer.paintedCharactersMax);
  if (isWrapped) return cut;
  const lineEnd = cut.indexOf("\n");
  return lineEnd === -1 ? cut : cut.slice(0, lineEnd);
}

function More({ message, isWrapped }: { message: string; isWrapped: boolean }) {
  const further = isWrapped ? 0 : countLineFeeds(message);
  if (further === 0) return null;
  return (
    <span className="ml-2 select-none rounded-sm bg-raised px-1 text-faint">
      +{further} {further === 1 ? "line" : "lines"}
    </span>
  );
}

function countLineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function Remark({ row }: { row: Exclude<Row, { kind: "line" }> }) {
  const isGap = row.kind === "gap";
  const rule = cn("h-0 min-w-3 flex-1 border-t border-dashed", isGap ? "border-warn/50" : "border-line");
  return (
    <div className="flex items-center gap-2.5">
      <span className={rule} />
      <span className="truncate">
        {remarkText(row)}
        {isGap && row.afterMs !== null ? (
          <span className="hidden sm:inline">
            {" · "}
            {timeOfDay(row.afterMs)} – {row.untilMs === null ? "now" : timeOfDay(row.untilMs)}
          </span>
        ) : null}
      </span>
      <span className={rule} />
    </div>
  );
}
