import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Processes that a bench started; all end with it. */
export class BenchProcesses {
  readonly #children: ChildProcess[] = [];

  add(child: ChildProcess): ChildProcess {
    this.#children.push(child);
    return child;
  }

  /** Starts one of our own files, which says at which port it listens. */
  async startListening(file: string): Promise<{ child: ChildProcess; port: number }> {
    const child = this.add(fork(file, { env: { ...process.env, NODE_ENV: "production" } }));
    const port = await new Promise<number>((resolve, reject) => {
      child.once("message", (message) => resolve((message as { port: number }).port));
      child.once("exit", (code) => reject(new Error(`a process of the bench ended with ${code}`)));
    });
    return { child, port };
  }

  end(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}

interface ProcessStat {
  pid: number;
  parent: number;
  cpuMicros: number;
}

/** Linux counts CPU time in hundredths of a second. */
function statOf(pid: number): ProcessStat | null {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return null;
  const stat = readFileSync(file, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid, parent: Number(fields[1]), cpuMicros: (Number(fields[11]) + Number(fields[12])) * 10_000 };
}

/** A process and everything below it. */
export function treeOf(pid: number): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== null);
  const tree = [pid];
  for (const parent of tree)
    tree.push(...all.filter((stat) => stat.parent === parent).map((stat) => stat.pid));
  return tree;
}

/** The command line of a process, its arguments divided by NUL; empty when it is gone. */
export function commandOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, "latin1") : "";
}

/** CPU time of processes so far, microseconds. */
export const cpuMicrosOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuMicros ?? 0), 0);

/** Resident memory of processes, MiB. */
export const residentMiBOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const file = `/proc/${pid}/status`;
    const kib = existsSync(file) ? /VmRSS:\s+(\d+)/.exec(readFileSync(file, "latin1"))?.[1] : undefined;
    return sum + Number(kib ?? 0) / 1_024;
  }, 0);
