import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isProcessAlive, processStartMark } from "#lib/db/embedded/index.ts";
import { StartError } from "./start-error.ts";

interface Holder {
  pid: number;
  /** Tells a recycled process number from the real one. */
  startMark: string | null;
  url: string;
}

/** One supervisor per data directory. */
export interface InstanceLock {
  release(): void;
}

/** Takes the lock or throws StartError that names the process that has it. A dead holder's lock is taken over. */
export function takeInstanceLock(file: string, url: string): InstanceLock {
  const own = `${file}.${process.pid}.${randomUUID()}`;
  const holder: Holder = { pid: process.pid, startMark: processStartMark(process.pid), url };
  try {
    writeFileSync(own, JSON.stringify(holder), { mode: 0o600, flag: "wx" });
    while (!claim(own, file)) {
      const text = readIfPresent(file);
      if (text === null) continue;
      const current = parseHolder(text);
      if (current && isHolding(current)) {
        throw new StartError(
          `MCP Stack already runs on this data directory (process ${current.pid}, ${current.url}). Stop it first, or choose another directory with MCPSTACK_DATA_DIR and another PORT.`,
        );
      }
      removeAbandoned(file, text);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return {
    release() {
      if (parseHolder(readIfPresent(file) ?? "")?.pid === process.pid) rmSync(file, { force: true });
    },
  };
}

/** Links are atomic: of many, one succeeds, and the file is complete at once. */
function claim(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Of processes that find the same dead lock, one moves it away; who moved a fresh one instead puts it back. */
function removeAbandoned(file: string, text: string): void {
  const aside = `${file}.${process.pid}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") !== text) claim(aside, file);
  rmSync(aside, { force: true });
}

const isHolding = ({ pid, startMark }: Holder): boolean =>
  isProcessAlive(pid) && (startMark === null || processStartMark(pid) === startMark);

function parseHolder(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Not a lock of ours: as good as abandoned.
    return null;
  }
}

function readIfPresent(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
