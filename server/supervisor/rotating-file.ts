import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

export interface RotatingFileOptions {
  bytesMax: number;
  /** Including the current one. Older ones are `name.1`, `name.2` … */
  filesMax: number;
}

/** A log file that never takes more than `bytesMax` × `filesMax`. */
export interface RotatingFile {
  write(line: string): void;
  close(): void;
}

/** Opens for appending; makes the directory, for this user only. */
export function openRotatingFile(file: string, options: RotatingFileOptions): RotatingFile {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  let descriptor = openSync(file, "a", 0o600);
  let bytes = fstatSync(descriptor).size;
  const rotate = () => {
    closeSync(descriptor);
    rmSync(`${file}.${options.filesMax - 1}`, { force: true });
    for (let index = options.filesMax - 2; index >= 0; index--) {
      renameIfPresent(index === 0 ? file : `${file}.${index}`, `${file}.${index + 1}`);
    }
    descriptor = openSync(file, "a", 0o600);
    bytes = 0;
  };
  return {
    write(line) {
      const data = Buffer.from(`${line}\n`);
      if (bytes > 0 && bytes + data.length > options.bytesMax) rotate();
      writeSync(descriptor, data);
      bytes += data.length;
    },
    close: () => closeSync(descriptor),
  };
}

function renameIfPresent(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
