import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { LogLevel } from "#lib/contract/index.ts";

/** What a process that observes is told. */
export interface ObservingOptions {
  databaseUrl: string;
  /** Null: without a spool. */
  spoolDirectory: string | null;
  /** Stands before the number of each line and in the client's name of each request. */
  run: string;
  servers: readonly { id: string; retentionDays: number }[];
  linesPerSecond: number;
  requestsPerSecond: number;
  linesMax?: number;
  requestsMax?: number;
  /** Instead of `limits.writer.queueRowsMax`. */
  queueRowsMax?: number;
}

/** What it tells, ten times a second. */
export interface ObservingReport {
  taken: { lines: number; requests: number };
  /** Of `taken`, what is safe on disk. */
  kept: { lines: number; requests: number };
  /** From taking to keeping, one number for what was taken together, in milliseconds. */
  keptMs: number[];
  writtenLines: number;
  writtenRequests: number;
  lostRows: Record<LogLevel, number>;
  queuedRows: number;
  backlogBytes: number;
  diskBytes: number;
  residentBytes: number;
  cpuMicros: number;
}

export interface ObservingProcess {
  readonly pid: number;
  /** Everything it told so far. */
  readonly reports: readonly ObservingReport[];
  last(): ObservingReport | undefined;
  /** What it wrote to its log. */
  log(): string;
  /** As the kernel kills a process that is out of memory: with nothing said and nothing done. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets it store what it has. Resolves when it is gone. */
  stop(): Promise<void>;
}

const PROGRAM = path.join(import.meta.dirname, "observing-process.ts");

/** Starts a process that observes. `fileBlocksMax` bounds its files as `ulimit -f` does, for a disk that is full. */
export function startObserving(options: ObservingOptions, fileBlocksMax?: number): ObservingProcess {
  const command = [process.execPath, PROGRAM, JSON.stringify(options)];
  const child: ChildProcess =
    fileBlocksMax === undefined
      ? spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "pipe", "pipe"] })
      : spawn("/bin/sh", ["-c", `ulimit -f ${fileBlocksMax}; exec "$0" "$@"`, ...command], {
          stdio: ["ignore", "pipe", "pipe"],
        });
  const { pid, stdout, stderr } = child;
  if (pid === undefined || !stdout || !stderr) throw new Error("the observing process did not start");
  const exit = once(child, "exit");
  const reports: ObservingReport[] = [];
  let written = "";
  createInterface({ input: stdout }).on("line", (line) => reports.push(JSON.parse(line) as ObservingReport));
  stderr.on("data", (chunk: Buffer) => {
    written += chunk.toString();
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exit;
  };
  return {
    pid,
    reports,
    last: () => reports.at(-1),
    log: () => written,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}
