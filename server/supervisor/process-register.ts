import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isProcessAlive, processStartMark } from "#lib/db/embedded/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { killGroup } from "./role-process.ts";

interface Registered {
  role: string;
  pid: number;
  startMark: string | null;
}

/** Remembers our children in a file, so that after a kill -9 the next supervisor knows whom to wait for. */
export interface ProcessRegister {
  add(role: string, pid: number): void;
  clear(): void;
}

export function openProcessRegister(file: string): ProcessRegister {
  const current = new Map<string, Registered>();
  return {
    add(role, pid) {
      current.set(role, { role, pid, startMark: processStartMark(pid) });
      writeFileSync(`${file}.new`, JSON.stringify([...current.values()]), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    clear: () => rmSync(file, { force: true }),
  };
}

/**
 * Waits until the children of a supervisor that was killed have ended: they notice and drain by themselves. Kills
 * those that take too long. Two generations must not share sockets and files. Answers how many there were.
 */
export async function awaitOrphans(file: string): Promise<number> {
  const orphans = readRegistered(file).filter(mayLive);
  await goneWithin(orphans, limits.supervisor.orphanMs);
  // Only a process that is certainly ours: numbers are recycled.
  for (const orphan of orphans) if (mayLive(orphan) && orphan.startMark !== null) killGroup(orphan.pid);
  await goneWithin(orphans, limits.supervisor.killMs);
  rmSync(file, { force: true });
  return orphans.length;
}

async function goneWithin(orphans: readonly Registered[], timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (orphans.some(mayLive) && performance.now() < deadlineMs) await delay(limits.supervisor.portPollMs);
}

const mayLive = ({ pid, startMark }: Registered): boolean =>
  isProcessAlive(pid) && (startMark === null || processStartMark(pid) === startMark);

function readRegistered(file: string): Registered[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Registered[];
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
