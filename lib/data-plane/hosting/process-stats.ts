import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** What the kernel says about a process. Linux only; elsewhere `readProcessStats` answers null. */
export interface ProcessStats {
  cpuMs: number;
  residentBytes: number;
  /** Set when the process has ended but nobody has collected it yet. */
  isZombie: boolean;
  /** Clock ticks since boot at which it started: with the pid, names one process for good. */
  startTicks: string;
}

// Both are the same on every Linux that Node runs on, and Node offers no sysconf.
const MS_PER_TICK = 10;
const PAGE_BYTES = 4_096;

/** The statistics of process `pid`, or null when it is gone or this is not Linux. */
export function readProcessStats(pid: number): ProcessStats | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // Gone, or a system without /proc.
    return null;
  }
  // The second field is the command in parentheses and may itself hold parentheses and spaces.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    isZombie: fields[0] === "Z" || fields[0] === "X",
    cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
    startTicks: fields[19] ?? "",
    residentBytes: Number(fields[21]) * PAGE_BYTES,
  };
}

/** A text that names the running process `pid` for good, or null when it is gone: a reused pid has another. */
export function processIdentity(pid: number): string | null {
  if (process.platform === "linux") {
    const stats = readProcessStats(pid);
    return stats === null || stats.isZombie ? null : stats.startTicks;
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
  } catch {
    // ps fails when there is no such process.
    return null;
  }
}

/** Asks the kernel, when memory runs out, to end `pid` before the platform's own processes. Best effort. */
export function preferForOutOfMemoryKill(pid: number): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "800");
  } catch {
    // Not permitted in some containers; the limits of the runtime still hold.
  }
}
