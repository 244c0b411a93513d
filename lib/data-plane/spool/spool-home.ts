import { randomUUID } from "node:crypto";
import { mkdir, readdir, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Log } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { lockDirectory, releaseLock, removeLock, takeOverDirectory, touchLock } from "./directory-lock.ts";
import { createSpool, type Spool, type SpoolBounds, type SpoolOptions } from "./spool.ts";

/**
 * Where the spools of one process lie: a directory of its own below `directory`, which it shares with the other edges
 * of the same data directory. What a process left that is gone is taken over by one of the living, at its start or a
 * little later.
 */
export interface SpoolHome {
  /** The spool of one kind of facts, with what others left of that kind. */
  open<Fact>(options: Omit<SpoolOptions<Fact>, "directory" | "log" | "bounds">): Spool<Fact>;
  /** Looks again for what others left; runs by itself every `limits.spool.adoptEveryMs`. */
  adopt(): Promise<void>;
  /** Leaves the rest to the next process. The spools are closed before. */
  close(): Promise<void>;
}

export interface SpoolHomeOptions {
  directory: string;
  log: Log;
  bounds?: Partial<SpoolBounds>;
}

interface Leftover {
  name: string;
  file: string;
  bytes: number;
}

const SEGMENT_FILE = /^([a-z]+)-(\d+)\.spool$/;

/** Null when the directory cannot be used: that is told once, and the edge goes on without a spool. */
export async function openSpoolHome(options: SpoolHomeOptions): Promise<SpoolHome | null> {
  const { directory, log } = options;
  const bounds: SpoolBounds = { ...limits.spool, ...options.bounds };
  const own = path.join(directory, randomUUID());
  try {
    await mkdir(own, { recursive: true, mode: 0o700 });
    await lockDirectory(own);
  } catch (error) {
    log.warn(
      { directory, error: messageOf(error) },
      "there is no spool; facts that are not stored are lost if this process is killed",
    );
    return null;
  }

  const spools = new Map<string, (files: readonly Leftover[]) => void>();
  /** What was found before its spool was opened. */
  let found: Leftover[] = [];
  const directories = new Set([own]);
  let isClosed = false;

  const complaining = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn({ directory, error: messageOf(error) }, "the spool directory cannot be looked after");
    }
  };

  const adopt = async (): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const other = path.join(directory, entry.name);
      if (!entry.isDirectory() || directories.has(other) || isClosed) continue;
      await complaining(async () => {
        if (!(await takeOverDirectory(other, bounds.abandonedMs))) return;
        directories.add(other);
        const files = await leftoversIn(other);
        if (files.length === 0) return;
        const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
        log.info({ directory: other, bytes }, "facts that another process left are stored now");
        found.push(...files);
        deliver();
      });
    }
  };

  const deliver = (): void => {
    for (const [name, take] of spools) {
      const files = found.filter((file) => file.name === name);
      found = found.filter((file) => file.name !== name);
      if (files.length > 0) take(files);
    }
  };

  /** Directories that were taken over go when their last file went. */
  const clean = async (): Promise<void> => {
    for (const other of directories) {
      if (other === own) continue;
      if ((await readdir(other)).some((name) => SEGMENT_FILE.test(name))) continue;
      directories.delete(other);
      await removeLock(other);
      await rmdir(other);
    }
  };

  const lookAfter = async (): Promise<void> => {
    await clean();
    await adopt();
  };

  await complaining(adopt);
  const touchTimer = setInterval(() => {
    for (const each of directories) void complaining(() => touchLock(each));
  }, bounds.touchMs);
  const adoptTimer = setInterval(() => void complaining(lookAfter), bounds.adoptEveryMs);
  touchTimer.unref();
  adoptTimer.unref();

  return {
    open(spoolOptions) {
      const spool = createSpool({ ...spoolOptions, directory: own, log, bounds });
      spools.set(spoolOptions.name, spool.adopt);
      deliver();
      return spool;
    },
    adopt,
    async close() {
      isClosed = true;
      clearInterval(touchTimer);
      clearInterval(adoptTimer);
      await complaining(clean);
      for (const each of directories) {
        await complaining(async () => {
          const isEmpty = !(await readdir(each)).some((name) => SEGMENT_FILE.test(name));
          if (!isEmpty) return releaseLock(each);
          await removeLock(each);
          await rmdir(each);
        });
      }
    },
  };
}

/** The files of a directory in the order in which they were written. */
async function leftoversIn(directory: string): Promise<Leftover[]> {
  const files: (Leftover & { number: number })[] = [];
  for (const entry of await readdir(directory)) {
    const [, name, number] = SEGMENT_FILE.exec(entry) ?? [];
    if (name === undefined) continue;
    const file = path.join(directory, entry);
    files.push({ name, file, bytes: (await stat(file)).size, number: Number(number) });
  }
  return files.sort((one, other) => one.number - other.number);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
