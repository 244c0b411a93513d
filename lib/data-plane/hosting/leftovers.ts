import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "#lib/domain/access/index.ts";
import { processIdentity } from "./process-stats.ts";

const PID_FILE = "process";

/** Notes which process lives in a runtime's directory, so that a later edge can end what a killed one left. */
export function writePidFile(directory: string, pid: number): void {
  writeFileSync(join(directory, PID_FILE), JSON.stringify({ pid, identity: processIdentity(pid) }));
}

function readPidFile(path: string): { pid: number; identity: string } | null {
  try {
    const { pid, identity } = JSON.parse(readFileSync(path, "utf8")) as { pid: unknown; identity: unknown };
    return Number.isInteger(pid) && typeof identity === "string" ? { pid: pid as number, identity } : null;
  } catch {
    // No process was started there, or the note was cut off by the crash.
    return null;
  }
}

/**
 * Ends every runtime that an edge which is gone left behind under `directory`, removes their files and leaves the
 * directory empty. A process is ended only when pid and start time are those that were noted.
 */
export function clearLeftovers(directory: string, log: Log): void {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const noted = readPidFile(join(path, PID_FILE));
    if (noted !== null && processIdentity(noted.pid) === noted.identity) {
      log.warn({ pid: noted.pid }, "ended a runtime that an earlier edge left behind");
      try {
        process.kill(noted.pid, "SIGKILL");
      } catch (error) {
        log.warn({ err: error, pid: noted.pid }, "a runtime of an earlier edge could not be ended");
      }
    }
    rmSync(path, { recursive: true, force: true });
  }
}
