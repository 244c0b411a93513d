import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { decodeFrames } from "./frames.ts";

/** What a segment has to be told about before it may go. */
export interface SegmentUse {
  /** Bytes of frames whose facts are only on disk and were not read yet. */
  unreadBytes: number;
  /** Facts of it that are in memory and not stored yet. */
  openFacts: number;
}

/** One file of the spool. Throws what the file system throws. */
export class Segment {
  readonly file: string;
  readonly use: SegmentUse = { unreadBytes: 0, openFacts: 0 };
  /** Size of the file. */
  bytes: number;
  /** No more is written to it. */
  isClosed: boolean;
  #writing: FileHandle | null = null;
  #reading: FileHandle | null = null;

  /** `bytes` of a file that is there; without it the file is made with the first write. */
  constructor(file: string, bytes?: number) {
    this.file = file;
    this.bytes = bytes ?? 0;
    this.isClosed = bytes !== undefined;
    this.use.unreadBytes = this.bytes;
  }

  get isFinished(): boolean {
    return this.use.unreadBytes === 0 && this.use.openFacts === 0;
  }

  /** Hands `frame` over to the operating system; it then survives the end of this process. Answers where it begins. */
  async append(frame: Buffer): Promise<number> {
    this.#writing ??= await open(this.file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    const at = this.bytes;
    for (let done = 0; done < frame.length; ) {
      const { bytesWritten } = await this.#writing.write(frame, done, frame.length - done, at + done);
      done += bytesWritten;
      this.bytes = at + done;
    }
    return at;
  }

  /** Forgets what was written: all of it is in the store. */
  async empty(): Promise<void> {
    await this.#writing?.truncate(0);
    this.bytes = 0;
  }

  /** The records of up to `recordsMax` records (the last frame may exceed it) from `from`, looking at no more than `to`. */
  async read(
    from: number,
    to: number,
    recordsMax: number,
    windowBytes: number,
  ): Promise<{ records: string[]; nextAt: number; damagedBytes: number }> {
    this.#reading ??= await open(this.file, constants.O_RDONLY);
    for (let bytes = windowBytes; ; ) {
      const window = Buffer.allocUnsafe(Math.min(bytes, to - from));
      const { bytesRead } = await this.#reading.read(window, 0, window.length, from);
      const isEnd = bytesRead < window.length || from + bytesRead >= to;
      const seen = window.subarray(0, bytesRead);
      const { records, consumedBytes, damagedBytes, neededBytes } = decodeFrames(seen, isEnd, recordsMax);
      if (neededBytes > 0) {
        bytes = neededBytes;
        continue;
      }
      // A file that is shorter than it was has nothing more to give.
      const nextAt = bytesRead === 0 ? to : from + consumedBytes;
      return { records, nextAt, damagedBytes: bytesRead === 0 ? to - from : damagedBytes };
    }
  }

  /** No more is written; it can still be read. */
  async seal(): Promise<void> {
    this.isClosed = true;
    const handle = this.#writing;
    this.#writing = null;
    await handle?.close();
  }

  async close(): Promise<void> {
    const handle = this.#reading;
    this.#reading = null;
    await handle?.close();
    await this.seal();
  }

  async remove(): Promise<void> {
    await this.close();
    // It may never have been made.
    await rm(this.file, { force: true });
  }
}
