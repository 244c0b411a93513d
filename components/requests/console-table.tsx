"use client";

import { LEVEL_LOOK } from "#components/log-stream/levels.ts";
import { LogMessage } from "#components/log-stream/log-message.tsx";
import { cn } from "#components/ui/class-names.ts";
import { isPlainClick } from "#components/ui/plain-click.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { shortRequestId } from "#lib/client/log-stream/line-text.ts";
import type { ConsoleLine } from "#lib/contract/index.ts";
import { ConsoleLineDetails } from "./console-line-details.tsx";
import { isOpenLine } from "./line-place.ts";

const COLUMNS = 5;
/** What a row shows of a message; the rest is in the details. */
const SHOWN_CHARACTERS_MAX = 500;

interface ConsoleTableProps {
  lines: readonly ConsoleLine[];
  /** The open line, as `placeOf` names it. */
  open: string | null;
  lineHref: (line: ConsoleLine) => string;
  requestHref: (requestId: string) => string;
  /** The live viewer with this line among its neighbours. */
  contextHref: (line: ConsoleLine) => string;
  onOpen: (line: ConsoleLine | null) => void;
  onRequest: (requestId: string) => void;
}

/** What the server wrote, newest first. */
export function ConsoleTable(props: ConsoleTableProps) {
  return (
    <Table label="Console lines" className="table-fixed">
      <TableHead>
        <TableRow>
          <TableHeader className="hidden w-40 sm:table-cell">Time</TableHeader>
          <TableHeader className="w-9">
            <span className="sr-only">Level</span>
          </TableHeader>
          <TableHeader>Message</TableHeader>
          <TableHeader className="hidden w-24 lg:table-cell">Version</TableHeader>
          <TableHeader className="hidden w-28 md:table-cell">Request</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {props.lines.map((line) => (
          <Line key={line.id} {...props} line={line} isOpen={isOpenLine(line, props.open)} />
        ))}
      </TableBody>
    </Table>
  );
}

function Line({ line, isOpen, ...props }: ConsoleTableProps & { line: ConsoleLine; isOpen: boolean }) {
  const look = LEVEL_LOOK[line.level];
  const { requestId } = line;
  const at = new Date(line.timestamp).toISOString();
  return (
    <>
      <TableRow
        data-open={isOpen || undefined}
        className={cn(
          "relative transition-colors [&>td]:h-7.5 [&>td]:py-1 focus-within:bg-raised/60 hover:bg-raised/60 data-[open]:bg-accent-soft",
          look.row,
        )}
      >
        <TableCell className="hidden font-mono text-muted text-xs sm:table-cell">
          <Time value={at} display="datetime" />
        </TableCell>
        <TableCell className="px-1.5">
          <span
            role="img"
            aria-label={line.level}
            title={line.level}
            className={cn(
              "grid size-5 place-items-center rounded-xs font-mono font-semibold text-xs",
              look.badge,
            )}
          >
            {look.letter}
          </span>
        </TableCell>
        <TableCell className="overflow-hidden">
          <a
            data-row={line.level}
            href={props.lineHref(line)}
            aria-expanded={isOpen}
            onClick={(event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              props.onOpen(isOpen ? null : line);
            }}
            className="block truncate rounded-sm font-mono text-xs after:absolute after:inset-0"
          >
            <LogMessage message={firstLine(line.message)} />
          </a>
          <span className="text-faint text-xs sm:hidden">
            <Time value={at} display="datetime" />
          </span>
        </TableCell>
        <TableCell className="hidden truncate font-mono text-muted text-xs lg:table-cell">
          {line.version}
        </TableCell>
        <TableCell className="hidden md:table-cell">
          {requestId ? (
            <a
              href={props.requestHref(requestId)}
              title={`Request ${requestId}`}
              onClick={(event) => {
                if (!isPlainClick(event)) return;
                event.preventDefault();
                props.onRequest(requestId);
              }}
              className="relative z-10 rounded-sm font-mono text-muted text-xs hover:text-fg hover:underline"
            >
              {shortRequestId(requestId)}
            </a>
          ) : null}
        </TableCell>
      </TableRow>
      {isOpen ? (
        <tr>
          <td colSpan={COLUMNS} className="p-0">
            <ConsoleLineDetails
              line={line}
              contextHref={props.contextHref(line)}
              requestHref={requestId ? props.requestHref(requestId) : null}
              onRequest={() => requestId && props.onRequest(requestId)}
            />
          </td>
        </tr>
      ) : null}
    </>
  );
}

const firstLine = (message: string): string =>
  message.slice(0, SHOWN_CHARACTERS_MAX).split("\n", 1)[0] || " ";
