import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

export interface RotatingFileOptions {
  bytesMax: number;
  /** Including the current one. Older ones are `name.1`, `name.2` … */
  filesMax: number;
  /** Writes to the open file; replaced by tests that have a full disk. */
  append?: (descriptor: number, data: Uint8Array) => void;
}

/** A log file that never takes more than `bytesMax` × `filesMax`. */
export interface RotatingFile {
  /** Never throws: a line that cannot be written (the disk is full) is lost, and the next one is tried again. */
  write(line: string): void;
  close(): void;
}

/** Opens for appending; makes the directory, for this user only. */
export function openRotatingFile(file: string, options: RotatingFileOptions): RotatingFile {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const append = options.append ?? writeSync;
  const open = () => openSync(file, "a", 0o600);
  /** Null after a rotation that failed half way. */
  let descriptor: number | null = open();
  let bytes = fstatSync(descriptor).size;
  const close = () => {
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
  };
  const rotate = () => {
    close();
    rmSync(`${file}.${options.filesMax - 1}`, { force: true });
    for (let index = options.filesMax - 2; index >= 0; index--) {
      renameIfPresent(index === 0 ? file : `${file}.${index}`, `${file}.${index + 1}`);
    }
    descriptor = open();
    bytes = 0;
  };
  return {
    write(line) {
      const data = Buffer.from(`${line}\n`);
      try {
        if (bytes > 0 && bytes + data.length > options.bytesMax) rotate();
        descriptor ??= open();
        append(descriptor, data);
        bytes += data.length;
      } catch {
        // Whoever logs is a supervisor that must go on; the terminal shows the line all the same.
      }
    },
    close,
  };
}

function renameIfPresent(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
