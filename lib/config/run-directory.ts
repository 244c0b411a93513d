import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ConfigError } from "./config.ts";

/** A unix socket path may have 103 bytes on macOS and 107 on Linux; names below the run directory get 48 of them. */
const RUN_DIRECTORY_BYTES_MAX = 52;

/**
 * Where the unix sockets of this data directory live: inside it when the path is short enough, else a directory in
 * the system's temporary directory that depends only on the data directory, so that all processes agree.
 */
export function runDirectoryOf(dataDir: string): string {
  const inside = path.join(dataDir, "run");
  if (Buffer.byteLength(inside) <= RUN_DIRECTORY_BYTES_MAX) return inside;
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const name = `mcpstack-${hash}`;
  const temporary = path.join(os.tmpdir(), name);
  return Buffer.byteLength(temporary) <= RUN_DIRECTORY_BYTES_MAX ? temporary : path.join("/tmp", name);
}

/** Makes the run directory, for this user only. Refuses one that somebody else put in its place. */
export function makeRunDirectory(runDir: string): void {
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  const found = lstatSync(runDir);
  const uid = process.getuid?.();
  if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
    throw new ConfigError([
      `${runDir} holds the sockets of this data directory, but it belongs to another user. Remove it, or start as that user.`,
    ]);
  }
  // Others may pass through (the edge grants it to isolated runtimes), but neither list nor change anything.
  if ((found.mode & 0o066) !== 0) chmodSync(runDir, 0o700);
}
