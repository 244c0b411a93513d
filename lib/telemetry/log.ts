import { type DestinationStream, pino } from "pino";
import { redact, redactText } from "./redact.ts";

/** A structured logger: one JSON object a line on standard output. Secrets in `fields` are hidden. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LogOptions {
  /** Which part of the product speaks, e.g. `edge`. */
  name: string;
  /** The lowest level that is written: debug, info, warn, error or silent. */
  level: string;
  /** Where lines go; standard output when not given. */
  destination?: DestinationStream;
}

/** Makes the logger of one process or part. */
export function createLog({ name, level, destination }: LogOptions): Log {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    // Errors are spelled out by `redact` before pino sees them.
    serializers: { err: (value: unknown) => value },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const sink = destination ? pino(options, destination) : pino(options);
  const write = (at: "debug" | "info" | "warn" | "error") => (fields: object, message: string) => {
    if (!sink.isLevelEnabled(at)) return;
    sink[at](redact(fields) as object, redactText(message));
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
