import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isProcessAlive } from "#lib/db/embedded/index.ts";

/** Where Linux keeps files in memory. */
const MEMORY = "/dev/shm";
const ROOM_BYTES = 4 * 1024 ** 3;
const PREFIX = "mcpstack-test-";

/**
 * An empty directory for data that nobody misses, in memory when there is room for some gigabytes: there a database is
 * cloned in a tenth of the time. What runs that were killed left behind is removed.
 */
export async function memoryDirectory(): Promise<string> {
  const parent = (await hasRoom()) ? MEMORY : os.tmpdir();
  await removeLeftovers(parent);
  return mkdtemp(path.join(parent, `${PREFIX}${process.pid}-`));
}

async function hasRoom(): Promise<boolean> {
  if (!existsSync(MEMORY) || process.availableMemory() < ROOM_BYTES) return false;
  const { bavail, bsize } = await statfs(MEMORY);
  return bavail * bsize >= ROOM_BYTES;
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isProcessAlive(Number(pid))) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}
