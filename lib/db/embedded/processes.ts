import { readFileSync } from "node:fs";

/**
 * True while the process runs. A zombie counts as dead: nobody may ever reap an orphan in a container. `command`
 * guards against a recycled number: the process must have that name, as far as the system tells.
 */
export function isProcessAlive(pid: number, command?: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (process.platform === "linux") {
    const stat = readStat(pid);
    if (stat === null) return false;
    if (stat !== undefined) return stat.state !== "Z" && (command === undefined || stat.command === command);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** True when somebody stopped the process with a signal (SIGSTOP) and nobody continued it, as far as the system tells. */
export const isProcessStopped = (pid: number): boolean =>
  process.platform === "linux" && readStat(pid)?.state === "T";

/** When the process started, in an opaque unit of this machine's boot; null when unknown. With the pid it names one process. */
export function processStartMark(pid: number): string | null {
  return (process.platform === "linux" && readStat(pid)?.startedAt) || null;
}

/** Null: no such process. Undefined: the system does not tell. */
function readStat(pid: number): { command: string; state: string; startedAt: string } | null | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const end = text.lastIndexOf(")");
    const fields = text.slice(end + 2).split(" ");
    return {
      command: text.slice(text.indexOf("(") + 1, end),
      state: fields[0] ?? "",
      startedAt: fields[19] ?? "",
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "ESRCH" ? null : undefined;
  }
}
