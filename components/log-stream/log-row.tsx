import { type CSSProperties, memo } from "react";
import { cn } from "#components/ui/class-names.ts";
import type { MatchRanges } from "#lib/client/log-stream/find.ts";
import { remarkText, shortRequestId, timeOfDay } from "#lib/client/log-stream/line-text.ts";
import type { RowGroup } from "#lib/client/log-stream/painted-rows.ts";
import type { LogRow as Row } from "#lib/client/log-stream/rows.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { GroupSign } from "./group-sign.tsx";
import { LEVEL_LOOK } from "./levels.ts";
import { LogMessage } from "./log-message.tsx";

/** Columns of fixed width and the message; `besideMessagePx` must agree. Flex, since a flood lays out every row anew. */
const TIME = "w-23 shrink-0 cursor-pointer select-none text-faint";
const LEVEL = "mx-2 my-0.5 h-4 w-4 shrink-0 select-none rounded-sm text-center font-semibold leading-4";
const REQUEST = "mr-2 hidden w-13 shrink-0 overflow-hidden text-faint sm:block";

export interface LogRowProps {
  row: Row;
  group: RowGroup["kind"];
  /** Lines that the row stands for, itself included. */
  lines: number;
  isOpen: boolean;
  heightPx: number;
  isWrapped: boolean;
  isActive: boolean;
  isSelected: boolean;
  /** Draws the line between what was seen before a pause and what came later. */
  isFirstUnseen: boolean;
  ranges: MatchRanges | null;
  isCurrentMatch: boolean;
  /** Where the request log shows the request of a line. */
  requestHref: (requestId: string) => string;
}

/** One row of the log: a line, a gap, or a remark. Its events are handled by the list. Most rows stay as they are. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
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
      data-group={props.group === "single" ? undefined : props.group}
      style={style}
      className={cn(
        "flex px-3 contain-strict hover:bg-raised/70 data-[active]:bg-raised data-[active]:shadow-[inset_2px_0_0_var(--color-accent)] data-[selected]:bg-accent-soft",
        look.row,
        isFirstUnseen && "border-accent/70 border-t",
        props.group === "member" && "shadow-[inset_2px_0_0_var(--color-line)]",
      )}
    >
      <span data-part="time" className={TIME}>
        {timeOfDay(entry.timestamp)}
      </span>
      <span title={entry.level} className={cn(LEVEL, look.badge)}>
        {look.letter}
      </span>
      {entry.requestId ? (
        <a
          href={props.requestHref(entry.requestId)}
          data-part="request"
          tabIndex={-1}
          title={`Request ${entry.requestId}`}
          className={cn(REQUEST, "hover:text-fg hover:underline")}
        >
          {shortRequestId(entry.requestId)}
        </a>
      ) : (
        <span className={REQUEST} />
      )}
      <span
        className={cn(
          "min-w-0 flex-1 overflow-hidden",
          props.isWrapped ? "whitespace-pre-wrap break-all" : "whitespace-pre",
        )}
      >
        {props.lines > 1 ? (
          <GroupSign isRepeat={props.group === "repeat"} lines={props.lines} isOpen={props.isOpen} />
        ) : null}
        <LogMessage
          message={paintedText(entry.message, props.isWrapped)}
          ranges={props.ranges}
          isCurrentMatch={props.isCurrentMatch}
        />
        <More message={entry.message} isWrapped={props.isWrapped} />
      </span>
    </div>
  );
});

/** A row on one screen line shows the first line of its message; nobody reads thousands of characters in a row. */
function paintedText(message: string, isWrapped: boolean): string {
  const cut = message.slice(0, viewerLimits.paintedCharactersMax);
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
