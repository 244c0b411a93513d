import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";

/**
 * Which process uses a directory. A lock names its process so that others on the same machine see at once when that one
 * is gone; others, who see the files only (another container, a shared volume), go by how long ago it was touched.
 */

const LOCK = "lock";

interface Owner {
  pid: number;
  /** When the process started, as its kernel counts: process ids come again. */
  startedAt: string | null;
  /** The running kernel and the process namespace in which `pid` means something; null where that is not known. */
  machine: string | null;
  /** Its process ended in peace and left the directory. */
  isReleased: boolean;
}

/** Field 22 of /proc/<pid>/stat, counted behind the name, which may hold anything. */
const START_TIME_FIELD = 19;

const readOrNull = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
};

function startOf(pid: number | "self"): string | null {
  const text = readOrNull(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[START_TIME_FIELD] ?? null;
}

function machineOf(): string | null {
  const boot = readOrNull("/proc/sys/kernel/random/boot_id");
  if (boot === null) return null;
  try {
    return `${boot.trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}

const ownText = (isReleased: boolean): string =>
  JSON.stringify({
    pid: process.pid,
    startedAt: startOf("self"),
    machine: machineOf(),
    isReleased,
  } satisfies Owner);

/** Locks a directory that nobody else knows yet. Throws what the file system throws. */
export async function lockDirectory(directory: string): Promise<void> {
  await writeFile(path.join(directory, LOCK), ownText(false), { flag: "wx", mode: 0o600 });
}

/** Shows that the owner still lives, to those who cannot see its process. */
export async function touchLock(directory: string): Promise<void> {
  const now = new Date();
  await utimes(path.join(directory, LOCK), now, now);
}

/** Leaves the directory to whoever comes next. */
export async function releaseLock(directory: string): Promise<void> {
  await writeFile(path.join(directory, LOCK), ownText(true), { mode: 0o600 });
}

/** Removes the lock of an empty directory. */
export const removeLock = (directory: string): Promise<void> => unlink(path.join(directory, LOCK));

/**
 * Takes over a directory whose owner is gone; false when it is in use, or somebody else was quicker. Without a sign of
 * life for `abandonedMs` an owner that cannot be seen counts as gone. Throws what the file system throws.
 */
export async function takeOverDirectory(directory: string, abandonedMs: number): Promise<boolean> {
  const lock = path.join(directory, LOCK);
  const text = await textOf(lock);
  const ageMs = Date.now() - (await stat(text === null ? directory : lock)).mtimeMs;
  if (!isGone(ownerOf(text), ageMs, abandonedMs)) return false;
  try {
    if (text !== null) {
      // Only one can rename it; the loser finds nothing.
      const taken = path.join(directory, `${LOCK}-${randomUUID()}`);
      await rename(lock, taken);
      if ((await textOf(taken)) !== text) {
        await rename(taken, lock);
        return false;
      }
      await unlink(taken);
    }
    await lockDirectory(directory);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT") || isCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

function ownerOf(text: string | null): Owner | null {
  if (text === null) return null;
  try {
    const { pid, startedAt, machine, isReleased } = JSON.parse(text) as Partial<Owner>;
    if (typeof pid !== "number") return null;
    return { pid, startedAt: startedAt ?? null, machine: machine ?? null, isReleased: isReleased === true };
  } catch {
    return null;
  }
}

function isGone(owner: Owner | null, ageMs: number, abandonedMs: number): boolean {
  if (owner?.isReleased) return true;
  const machine = machineOf();
  if (owner && machine !== null && owner.machine === machine) return startOf(owner.pid) !== owner.startedAt;
  return ageMs > abandonedMs;
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
