import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import path from "node:path";

/**
 * The text of `file`, which `make` provides if nobody wrote it before. Mode 0600. Processes that race agree: each
 * writes its own complete file, and only one of them can take the name.
 */
export function createFileOnce(file: string, make: () => string): string {
  const existing = readIfPresent(file);
  if (existing !== null) return existing;
  mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}.${randomUUID()}`;
  try {
    writeDurably(own, make());
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readFileSync(file, "utf8");
}

function writeDurably(file: string, text: string): void {
  const descriptor = openSync(/* turbopackIgnore: true */ file, "wx", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
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
