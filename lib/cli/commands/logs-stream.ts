import type { LogEntry, Server } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { type Gap, streamLogs } from "../log-stream-client.ts";

const LEVELS: readonly string[] = ["debug", "info", "warn", "error"] satisfies LogEntry["level"][];
const COLOURS: Readonly<Record<string, string>> = { debug: "90", info: "36", warn: "33", error: "31" };
const TAIL_DEFAULT = 20;

function tailOf(call: CommandCall, follow: boolean): number {
  const text = textOption(call, "tail");
  if (text === undefined) return follow ? TAIL_DEFAULT : limits.logStream.ringEntriesMax;
  if (!/^\d{1,6}$/.test(text)) throw usageError(`--tail must be a number, not ${JSON.stringify(text)}.`);
  return Number(text);
}

/** `HH:MM:SS.mmm` in local time. */
export function clockTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** One line as people read it. Further lines of a message are indented, so that none can pose as another entry. */
export function entryText(entry: LogEntry, isColoured: boolean): string {
  const level = entry.level.toUpperCase().padEnd(5);
  const colour = COLOURS[entry.level];
  const badge = isColoured && colour ? `\u001b[${colour}m${level}\u001b[0m` : level;
  const message = plainText(entry.message)
    .trimEnd()
    .replaceAll("\n", `\n${" ".repeat(20)}`);
  const cut = entry.truncated ? ` … (cut from ${entry.bytes ?? "more"} bytes)` : "";
  return `${clockTime(entry.timestamp)}  ${badge} ${message}${cut}\n`;
}

export const gapText = ({ count, reason }: Gap): string =>
  `──── ${count === null ? "lines are missing" : count === 1 ? "1 line is missing" : `${count} lines are missing`}: ${reason} ────\n`;

/** Whether an entry passes `--level` and `--grep`. Chosen here, not by the server, so that gap marks stay exact. */
export function entryFilter(
  level: string | undefined,
  grep: string | undefined,
): (entry: LogEntry) => boolean {
  const least = level === undefined ? 0 : LEVELS.indexOf(level);
  const needle = grep?.toLowerCase();
  return (entry) => {
    const rank = LEVELS.indexOf(entry.level);
    return (rank === -1 || rank >= least) && (!needle || entry.message.toLowerCase().includes(needle));
  };
}

/** Console lines as they are written, until Ctrl-C; `--no-follow` shows what is buffered and ends. */
export const logsStream: CommandRun = async (call) => {
  const { io, session, format } = call;
  const follow = call.options.follow !== false;
  const tail = tailOf(call, follow);
  const matches = entryFilter(textOption(call, "level"), textOption(call, "grep"));
  const isColoured = io.stdoutIsTty && !io.env.NO_COLOR;
  const api = await session.api();
  // Also turns an id into the slug that the stream's path needs, and a missing server into its own error.
  const server = await api.get<Server>(await session.serverPath(argument(call, "server")));
  const stop = new AbortController();
  let isInterrupted = false;
  const ignore = io.onInterrupt(() => {
    isInterrupted = true;
    stop.abort();
  });
  const isData = format !== "table";
  try {
    if (follow) io.err(`Streaming ${server.slug}. Ctrl-C ends it.\n`);
    await streamLogs({
      api,
      slug: server.slug,
      tail,
      follow,
      signal: stop.signal,
      onEntries: (entries) => {
        const shown = entries.filter(matches);
        io.out(
          shown.map((entry) => (isData ? `${terminalJson(entry)}\n` : entryText(entry, isColoured))).join(""),
        );
      },
      onGap: (gap) => io.out(isData ? `${terminalJson({ type: "gap", ...gap })}\n` : gapText(gap)),
      onTalk: (text) => io.err(`${plainText(text)}\n`),
    });
  } finally {
    ignore();
  }
  return isInterrupted ? EXIT.interrupted : EXIT.ok;
};
