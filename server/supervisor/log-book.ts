import path from "node:path";
import { limits } from "#lib/kernel/limits.ts";
import { createLog, type Log } from "#lib/telemetry/index.ts";
import { createRepeats } from "./repeats.ts";
import { openRotatingFile, type RotatingFile } from "./rotating-file.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];
/** Of an error and its causes, the terminal shows this much. */
const REASONS_MAX = 4;
const REASON_CHARACTERS_MAX = 300;
/** The name of the supervisor's own log. */
const OWN = "main";
/** What every line has; the rest are the fields worth showing. */
const ENVELOPE = new Set(["level", "time", "pid", "name", "msg"]);

/** Everything that the processes say goes to a file each; what matters goes to the terminal too. */
export interface LogBook {
  /** Takes a line that the process of `role` wrote. */
  take(role: string, stream: "stdout" | "stderr", line: string): void;
  /** The supervisor's own log. */
  readonly log: Log;
  /** The last lines of a role, for the report of its failure. */
  lastLines(role: string): readonly string[];
  close(): void;
}

export interface LogBookOptions {
  directory: string;
  level: string;
  /** The lowest level that the terminal shows. */
  terminalLevel: string;
  terminal: (line: string) => void;
}

export function openLogBook(options: LogBookOptions): LogBook {
  const {
    logBytesMax: bytesMax,
    logFilesMax: filesMax,
    lastLinesKept,
    logLineCharactersMax,
    terminalRepeatMs,
    terminalLinesRememberedMax,
  } = limits.supervisor;
  const files = new Map<string, RotatingFile>();
  const last = new Map<string, string[]>();
  const repeats = createRepeats(terminalRepeatMs, terminalLinesRememberedMax, () => performance.now());
  const threshold = LEVELS.indexOf(options.terminalLevel);

  const fileOf = (role: string): RotatingFile => {
    const known = files.get(role);
    if (known) return known;
    const opened = openRotatingFile(path.join(options.directory, `${role}.log`), { bytesMax, filesMax });
    files.set(role, opened);
    return opened;
  };
  const take: LogBook["take"] = (role, stream, text) => {
    const line = text.length > logLineCharactersMax ? `${text.slice(0, logLineCharactersMax)}…` : text;
    fileOf(role).write(line);
    const entry = parseEntry(line);
    const shown = entry ? format(role, entry) : `${role}  ${line}`;
    const kept = last.get(role) ?? [];
    last.set(role, [...kept, shown].slice(-lastLinesKept));
    // A line without structure is a crash report when it comes on standard error, and chatter otherwise.
    const level = entry ? LEVELS.indexOf(entry.level) : LEVELS.indexOf(stream === "stderr" ? "warn" : "info");
    if (level < threshold) return;
    // What the supervisor says itself is never a flood.
    const leftOut = entry && role !== OWN ? repeats.take(`${role} ${entry.msg}`) : 0;
    if (leftOut === null) return;
    options.terminal(leftOut > 0 ? `${shown} (and ${leftOut} more like it, in ${role}.log)` : shown);
  };
  return {
    take,
    log: createLog({
      name: OWN,
      level: options.level,
      destination: { write: (line) => take(OWN, "stdout", line.trimEnd()) },
    }),
    lastLines: (role) => last.get(role) ?? [],
    close: () => {
      for (const file of files.values()) file.close();
      files.clear();
    },
  };
}

interface Entry {
  level: string;
  time: string;
  msg: string;
  fields: Record<string, unknown>;
}

function parseEntry(line: string): Entry | null {
  if (!line.startsWith("{")) return null;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    if (typeof value.level !== "string" || !LEVELS.includes(value.level)) return null;
    const fields = Object.fromEntries(Object.entries(value).filter(([key]) => !ENVELOPE.has(key)));
    return { level: value.level, time: String(value.time ?? ""), msg: String(value.msg ?? ""), fields };
  } catch {
    // A line that only looks like JSON is shown as it is.
    return null;
  }
}

const format = (role: string, { level, time, msg, fields }: Entry): string => {
  const { err, ...rest } = fields;
  const shown = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : "";
  return `${time.slice(11, 19)} ${role.padEnd(6)} ${level.padEnd(5)} ${msg}${reasons(err)}${shown}`;
};

/** What went wrong and why, without stacks: those are in the file. */
function reasons(error: unknown): string {
  if (typeof error === "string") return `: ${cut(error)}`;
  let text = "";
  let current = error;
  for (let depth = 0; isRecord(current) && depth < REASONS_MAX; depth++) {
    const reason = current.message ?? current.code;
    if (reason) text += `: ${cut(String(reason))}`;
    current = current.cause;
  }
  return text;
}

const cut = (text: string): string =>
  text.length > REASON_CHARACTERS_MAX ? `${text.slice(0, REASON_CHARACTERS_MAX)}…` : text;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
