import { type CSSProperties, memo } from "react";
import { cn } from "#components/ui/class-names.ts";
import type { MatchRanges } from "#lib/client/log-stream/find.ts";
import { remarkText, shortRequestId, timeOfDay } from "#lib/client/log-stream/line-text.ts";
import type { RowGroup } from "#lib/client/log-stream/painted-rows.ts";
import type { GapRow, LogRow as Row } from "#lib/client/log-stream/rows.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { GroupSign } from "./group-sign.tsx";
import { LEVEL_LOOK } from "./levels.ts";
import { LogMessage } from "./log-message.tsx";
import { sourceColour } from "./source-colours.ts";

/** Columns of fixed width and the message; `besideMessagePx` must agree. Flex, since a flood lays out every row anew. */
const TIME = "w-23 shrink-0 cursor-pointer select-none text-faint in-data-[selected]:text-muted";
const LEVEL = "mx-2 my-0.5 h-4 w-4 shrink-0 select-none rounded-sm text-center font-semibold leading-4";
const REQUEST = "mr-2 hidden w-13 shrink-0 overflow-hidden text-faint in-data-[selected]:text-muted sm:block";

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
  requestHref: (requestId: string, source: number) => string;
  /** Which of the servers watched together the row is from; null when it is one. */
  sourceName: string | null;
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
        <Remark row={row} sourceName={props.sourceName} />
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
      {props.sourceName === null ? null : <SourceName source={row.source} name={props.sourceName} />}
      {entry.requestId ? (
        <a
          href={props.requestHref(entry.requestId, row.source)}
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

/** Width of the name of a server, with the room beside it. */
export const SOURCE_PX = 104;

function SourceName({ source, name }: { source: number; name: string }) {
  return (
    <span title={name} className="mr-2 flex shrink-0 items-center gap-1.5 text-muted sm:w-24">
      <span aria-hidden="true" className={cn("size-2 shrink-0 rounded-full", sourceColour(source))} />
      <span className="sr-only sm:hidden">{name}</span>
      <span className="hidden truncate sm:block">{name}</span>
    </span>
  );
}

function LoadGap({ row }: { row: GapRow }) {
  const { history } = row;
  if (history?.state === "loading") return <span className="text-muted">loading…</span>;
  if (history?.state === "absent")
    return <span className="text-muted">{history.message ?? "not in the history"}</span>;
  return (
    <>
      {history?.state === "failed" ? <span className="truncate text-fail">{history.message}</span> : null}
      <button
        type="button"
        data-part="load-gap"
        className="shrink-0 rounded-sm px-1 font-medium text-accent hover:underline"
      >
        {history?.state === "failed" ? "Try again" : "Load"}
      </button>
    </>
  );
}

function Remark({ row, sourceName }: { row: Exclude<Row, { kind: "line" }>; sourceName: string | null }) {
  const isGap = row.kind === "gap";
  const rule = cn("h-0 min-w-3 flex-1 border-t border-dashed", isGap ? "border-warn/50" : "border-line");
  return (
    <div className="flex items-center gap-2.5">
      <span className={rule} />
      <span className="truncate">
        {sourceName === null ? null : `${sourceName}: `}
        {remarkText(row)}
        {isGap && row.afterMs !== null ? (
          <span className="hidden sm:inline">
            {" · "}
            {timeOfDay(row.afterMs)} – {row.untilMs === null ? "now" : timeOfDay(row.untilMs)}
          </span>
        ) : null}
      </span>
      {isGap ? <LoadGap row={row} /> : null}
      <span className={rule} />
    </div>
  );
}
