import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { isProcessAlive } from "./processes.ts";

/** What `postmaster.pid` says about the server that holds a cluster. */
export interface PidFile {
  pid: number;
  port: number;
  /** As the server last wrote it; `stopping` never becomes `ready` again. */
  status: "starting" | "stopping" | "ready";
}

const fileOf = (dataDirectory: string) => path.join(dataDirectory, "postmaster.pid");

/** Null when no server holds the cluster. A file that is being written counts as `starting`. */
export function readPidFile(dataDirectory: string): PidFile | null {
  let text: string;
  try {
    text = readFileSync(fileOf(dataDirectory), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const lines = text.split("\n").map((line) => line.trim());
  const status = lines[7] === "ready" || lines[7] === "stopping" ? lines[7] : "starting";
  return { pid: Number(lines[0]), port: Number(lines[3]), status };
}

/** True while the process that the file names runs and is a database server. */
export const holderIsAlive = (file: PidFile): boolean => isProcessAlive(file.pid, "postgres");

/**
 * Removes the file when its number now belongs to some other program: the server would take that one for its own
 * elder and refuse to start. A dead number it notices by itself.
 */
export function removeRecycledPidFile(dataDirectory: string): void {
  const file = readPidFile(dataDirectory);
  if (file && isProcessAlive(file.pid) && !holderIsAlive(file))
    rmSync(fileOf(dataDirectory), { force: true });
}
