import { format } from "node:util";
import type { ConsoleMethod } from "#lib/contract/index.ts";

/** A console line as it left the runtime, by either transport. */
export interface RuntimeLine {
  timestampMs: number;
  method: ConsoleMethod;
  message: string;
  charactersBeforeCut?: number;
  /** Set when this is no line, but the in-runtime prelude's count of lines it gave up. */
  shed?: number;
}

const METHODS: ReadonlySet<string> = new Set(["log", "info", "warn", "error", "debug"]);
const CUT_MARK = /\0cut:(\d{1,12})$/;
const SHED_MARK = /^\0shed:(\d{1,12})$/;
const PLATFORM_FRAME = /\n\s+at [^\n]*\bmcpstack-[\w/-]+\.js:\d+:\d+\)?(?=\n|$)/g;

/** Stack frames of the platform's own modules are noise to whoever wrote the server. */
const withoutPlatformFrames = (text: string): string =>
  text.includes("mcpstack-") ? text.replace(PLATFORM_FRAME, "") : text;

/** The method that a runtime level names; unknown ones count as `log`. */
export const methodOf = (level: unknown): ConsoleMethod =>
  typeof level === "string" && METHODS.has(level) ? (level as ConsoleMethod) : "log";

/** Reads the marks that the in-runtime prelude leaves: on a message it cut, and for lines it gave up. */
function withoutMarks(text: string): Pick<RuntimeLine, "message" | "charactersBeforeCut" | "shed"> {
  const shed = text.startsWith("\0") ? SHED_MARK.exec(text) : null;
  if (shed !== null) return { message: text, shed: Number(shed[1]) };
  const mark = text.length > 5 ? CUT_MARK.exec(text.slice(-20)) : null;
  if (mark === null) return { message: withoutPlatformFrames(text) };
  const message = withoutPlatformFrames(text.slice(0, -mark[0].length));
  return { message, charactersBeforeCut: Number(mark[1]) };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** `Name: message` and the stack below it, each once. */
function errorText(name: string, message: string, stack: string): string {
  const head = message === "" ? name : `${name}: ${message}`;
  if (stack === "") return head;
  return stack.startsWith(head) ? stack : `${head}\n${stack}`;
}

/** The text of a tail event's message: one formatted string, or raw arguments with their errors beside them. */
function messageOf(message: unknown, errors: unknown): string {
  if (!Array.isArray(message)) return text(message);
  if (message.length === 1 && typeof message[0] === "string") return message[0];
  const infos = Array.isArray(errors) ? errors : [];
  const values = message.map((value: unknown, index) => {
    const info: unknown = infos[index];
    return isRecord(info) ? errorText(text(info.name), text(info.message), text(info.stack)) : value;
  });
  try {
    return format(...values);
  } catch {
    // Values nested so deep that they cannot be written down, past the prelude that would have cut them.
    return "[a value that cannot be shown]";
  }
}

/** A line from the tail worker, or null when it is not one. */
export function lineOfTailEvent(event: unknown): RuntimeLine | null {
  if (!isRecord(event)) return null;
  const timestampMs = typeof event.at === "number" && Number.isFinite(event.at) ? event.at : 0;
  if (event.kind === "log") {
    return {
      timestampMs,
      method: methodOf(event.level),
      ...withoutMarks(messageOf(event.message, event.errors)),
    };
  }
  if (event.kind === "exception") {
    const error = errorText(text(event.name) || "Error", text(event.message), text(event.stack));
    return { timestampMs, method: "error", message: withoutPlatformFrames(`Uncaught ${error}`) };
  }
  return null;
}

/** What a line of the runtime's structured output is: a console line, or text of the runtime itself. */
export type StdoutLine =
  | { kind: "console"; line: RuntimeLine; atModuleScope: boolean }
  | { kind: "system"; message: string };

/** Reads one line of structured output. Only console lines carry a numeric timestamp; it is 0 at module scope. */
export function lineOfStdout(raw: string): StdoutLine {
  let parsed: unknown;
  try {
    parsed = raw.startsWith("{") ? JSON.parse(raw) : undefined;
  } catch {
    // Not JSON: plain text from the runtime or the C library.
    parsed = undefined;
  }
  if (!isRecord(parsed)) return { kind: "system", message: raw };
  if (typeof parsed.timestamp !== "number") return { kind: "system", message: text(parsed.message) };
  const line = {
    timestampMs: parsed.timestamp,
    method: methodOf(parsed.level),
    ...withoutMarks(text(parsed.message)),
  };
  return { kind: "console", line, atModuleScope: parsed.timestamp === 0 };
}
