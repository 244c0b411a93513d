import type { Log } from "#lib/domain/access/index.ts";

export interface LogEntry {
  level: "debug" | "info" | "warn" | "error";
  fields: object;
  message: string;
}

/** A log that keeps its entries for the test to look at. */
export function recordingLog(): Log & { readonly entries: readonly LogEntry[] } {
  const entries: LogEntry[] = [];
  const write = (level: LogEntry["level"]) => (fields: object, message: string) => {
    entries.push({ level, fields, message });
  };
  return { entries, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}
