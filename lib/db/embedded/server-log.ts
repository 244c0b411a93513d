import { copyFileSync, statSync, truncateSync } from "node:fs";
import path from "node:path";
import { limits } from "#lib/kernel/limits.ts";

/** Where the server writes its messages. */
export const logFileOf = (directory: string) => path.join(directory, "postgres.log");

/** Keeps one older file. The server goes on writing into the same file: it appends, so it may be emptied under it. */
export function keepLogSmall(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= limits.embeddedDatabase.logBytesMax) return;
  copyFileSync(logFile, `${logFile}.1`);
  truncateSync(logFile);
}
