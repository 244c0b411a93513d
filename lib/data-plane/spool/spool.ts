import path from "node:path";
import type { LogLevel } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { encodeFrame } from "./frames.ts";
import { Segment } from "./segment.ts";

/** A fact on its way to the store, and where it is meanwhile. Made by `spoolEntry`. */
export interface SpoolEntry<Fact> {
  readonly fact: Fact;
  readonly level: LogLevel;
  /** About what it takes in memory. */
  readonly bytes: number;
  /** Where it is on disk; null while it is not. */
  segment: Segment | null;
  /** Stored or given up. */
  isSettled: boolean;
}

export const spoolEntry = <Fact>(
  fact: Fact,
  { level, bytes }: { level: LogLevel; bytes: number },
): SpoolEntry<Fact> => ({ fact, level, bytes, segment: null, isSettled: false });

export type SpoolBounds = { [Name in keyof typeof limits.spool]: number };

/** What a spool tells the one who uses it. */
export interface SpoolHooks<Fact> {
  weigh(fact: Fact): { level: LogLevel; bytes: number };
  /** There are facts on disk that nobody has in memory: `next` gives them. */
  onBacklog(): void;
  /** Facts that were taken over, but could not be written: they are nowhere else. */
  onUnwritten(entries: readonly SpoolEntry<Fact>[]): void;
}

export interface SpoolOptions<Fact> extends SpoolHooks<Fact> {
  /** Of the facts; names the files and stands in the operator's log. */
  name: string;
  directory: string;
  bytesMax: number;
  /** The fact of a record that a process wrote, maybe of another version; null when it is of no use (any more). */
  revive(record: unknown): Fact | null;
  log: Log;
  bounds?: Partial<SpoolBounds>;
}

export interface SpoolStats {
  /** What is on disk, stored or not. */
  diskBytes: number;
  /** Of facts that are only there. */
  backlogBytes: number;
  /** False while the disk refuses. */
  isWorking: boolean;
}

/**
 * Facts on this machine's disk until the store has them. What was kept is handed to the operating system within
 * `limits.spool.writeDelayMs` and the time of the writes under way: from then on it survives `kill -9` of the process
 * (not a loss of power: it is not forced onto the medium). Nobody waits for the disk. When the disk refuses, that is told
 * once, and everything goes on without, until it works again.
 */
export interface Spool<Fact> {
  /** Keeps a fact that is in memory too. False when there is no room for its level, or no working disk. */
  keep(entry: SpoolEntry<Fact>): boolean;
  /** Keeps a fact that is then nowhere else, until `next` gives it back. False as in `keep`. */
  takeOver(entry: SpoolEntry<Fact>): boolean;
  /** The fact is stored or given up: it need not be kept any more. */
  settle(entry: SpoolEntry<Fact>): void;
  hasBacklog(): boolean;
  /** The oldest facts that are only on disk, about `rowsMax` of them. Empty when their place cannot be read. */
  next(rowsMax: number): Promise<SpoolEntry<Fact>[]>;
  /** Takes over files that another process left. */
  adopt(files: readonly { file: string; bytes: number }[]): void;
  /** Resolves when everything that was kept before is on disk or refused, without hurrying it. */
  written(): Promise<void>;
  /** The same, at once. */
  flush(): Promise<void>;
  /** Writes what waits, removes what is stored and leaves the rest for the next process. */
  close(): Promise<void>;
  stats(): SpoolStats;
}

/** The share of the room that facts of a level may use: debug is refused first, errors last. */
const SHARE_OF_LEVEL: Record<LogLevel, number> = { debug: 0.7, info: 0.85, warn: 0.95, error: 1 };
const NUMBER_DIGITS = 8;

interface Waiting<Fact> {
  entry: SpoolEntry<Fact>;
  isOnlyHere: boolean;
}

/** A part of a segment whose facts are only on disk. */
interface Range {
  segment: Segment;
  from: number;
  to: number;
}

export function createSpool<Fact>(options: SpoolOptions<Fact>): Spool<Fact> {
  const { name, directory, bytesMax, revive, weigh, onBacklog, onUnwritten, log } = options;
  const bounds: SpoolBounds = { ...limits.spool, ...options.bounds };
  const segments = new Set<Segment>();
  const ranges: Range[] = [];
  let active: Segment | null = null;
  let made = 0;
  let waiting: Waiting<Fact>[] = [];
  let waitingBytes = 0;
  let diskBytes = 0;
  let isWorking = true;
  let wasTold = false;
  let isClosed = false;
  let writing: Promise<void> | null = null;
  /** Who waits for what waits to be written. */
  let watchers: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let tidyTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;

  const measure = (): void => {
    diskBytes = 0;
    for (const segment of segments) diskBytes += segment.bytes;
  };

  const take = (entry: SpoolEntry<Fact>, isOnlyHere: boolean): boolean => {
    if (!isWorking || isClosed || waitingBytes + entry.bytes > bounds.waitingBytesMax) return false;
    if (diskBytes + waitingBytes + entry.bytes > bytesMax * SHARE_OF_LEVEL[entry.level]) return false;
    waiting.push({ entry, isOnlyHere });
    waitingBytes += entry.bytes;
    if (!writing) timer ??= setTimeout(start, bounds.writeDelayMs);
    return true;
  };

  const start = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (writing || waiting.length === 0) return;
    const taken = waiting;
    const told = watchers;
    waiting = [];
    waitingBytes = 0;
    watchers = [];
    writing = writeAll(taken).finally(() => {
      writing = null;
      for (const tell of told) tell();
      if (waiting.length > 0) timer ??= setTimeout(start, bounds.writeDelayMs);
    });
  };

  /** Writes in frames of like facts: those that are only on disk stand apart, so that they can be read alone. */
  const writeAll = async (taken: readonly Waiting<Fact>[]): Promise<void> => {
    for (let at = 0; at < taken.length; ) {
      const first = at;
      const isOnlyHere = taken[at]?.isOnlyHere ?? false;
      const entries: SpoolEntry<Fact>[] = [];
      let bytes = 0;
      for (; at < taken.length; at++) {
        const next = taken[at];
        if (!next || next.isOnlyHere !== isOnlyHere) break;
        if (entries.length >= bounds.frameRowsMax || bytes >= bounds.frameBytesMax) break;
        if (next.entry.isSettled) continue;
        entries.push(next.entry);
        bytes += next.entry.bytes;
      }
      if (entries.length === 0) continue;
      try {
        await writeFrame(entries, isOnlyHere);
      } catch (error) {
        await fail(error, taken.slice(first));
        return;
      }
    }
  };

  const writeFrame = async (entries: readonly SpoolEntry<Fact>[], isOnlyHere: boolean): Promise<void> => {
    const frame = encodeFrame(entries.map(({ fact }) => JSON.stringify(fact)));
    if (active && active.bytes > 0 && active.bytes + frame.length > bounds.segmentBytesMax) {
      await active.seal();
      tidySoon();
      active = null;
    }
    if (!active) {
      made += 1;
      active = new Segment(
        path.join(directory, `${name}-${String(made).padStart(NUMBER_DIGITS, "0")}.spool`),
      );
      segments.add(active);
    }
    const segment = active;
    const from = await segment.append(frame);
    measure();
    if (wasTold) log.info({ spool: name }, "facts are kept on disk again");
    wasTold = false;
    if (isOnlyHere) {
      addRange({ segment, from, to: from + frame.length });
      return;
    }
    for (const entry of entries) {
      if (entry.isSettled) continue;
      entry.segment = segment;
      segment.use.openFacts += 1;
    }
    if (segment.isFinished) tidySoon();
  };

  const addRange = (range: Range): void => {
    range.segment.use.unreadBytes += range.to - range.from;
    const last = ranges.at(-1);
    // The first one may be read at the moment.
    if (ranges.length > 1 && last?.segment === range.segment && last.to === range.from) last.to = range.to;
    else ranges.push(range);
    onBacklog();
  };

  /** The segment ends here, maybe within a frame; what could not be written is given back. */
  const fail = async (error: unknown, unwritten: readonly Waiting<Fact>[]): Promise<void> => {
    isWorking = false;
    if (!wasTold) {
      log.warn(
        { spool: name, directory, error: messageOf(error) },
        "facts cannot be kept on disk; until they can, those that are not stored are lost if this process is killed",
      );
    }
    wasTold = true;
    const all = [...unwritten, ...waiting];
    waiting = [];
    waitingBytes = 0;
    for (const tell of watchers.splice(0)) tell();
    const broken = active;
    active = null;
    await closing(broken?.seal());
    measure();
    tidySoon();
    if (!isClosed) {
      retryTimer = setTimeout(() => {
        isWorking = true;
      }, bounds.retryMs);
      retryTimer.unref();
    }
    const homeless = all.filter(({ entry, isOnlyHere }) => isOnlyHere && !entry.isSettled);
    if (homeless.length > 0) onUnwritten(homeless.map(({ entry }) => entry));
  };

  const closing = async (work: Promise<void> | undefined): Promise<void> => {
    try {
      await work;
    } catch (error) {
      log.warn({ spool: name, error: messageOf(error) }, "a spool file was not closed cleanly");
    }
  };

  const tidySoon = (): void => {
    if (isClosed) return;
    tidyTimer ??= setTimeout(() => {
      tidyTimer = undefined;
      if (writing) return tidySoon();
      writing = tidy().finally(() => {
        writing = null;
        if (waiting.length > 0) start();
      });
    }, bounds.tidyMs);
    tidyTimer.unref();
  };

  /** Removes what the store has. Runs while nothing is written. */
  const tidy = async (): Promise<void> => {
    for (const segment of segments) {
      if (!segment.isFinished) continue;
      try {
        if (segment.isClosed) {
          segments.delete(segment);
          await segment.remove();
        } else if (segment.bytes > 0) await segment.empty();
      } catch (error) {
        log.warn({ spool: name, file: segment.file, error: messageOf(error) }, "a spool file stays behind");
      }
    }
    measure();
  };

  const next = async (rowsMax: number): Promise<SpoolEntry<Fact>[]> => {
    const range = ranges[0];
    if (!range) return [];
    const { segment } = range;
    const entries: SpoolEntry<Fact>[] = [];
    try {
      const read = await segment.read(range.from, range.to, rowsMax, bounds.readBytes);
      segment.use.unreadBytes -= read.nextAt - range.from;
      range.from = read.nextAt;
      if (read.damagedBytes > 0) {
        log.warn(
          { spool: name, file: segment.file, damagedBytes: read.damagedBytes },
          "a part of the spool was written only half or is damaged, and was left out",
        );
      }
      for (const record of read.records) {
        const fact = factOf(record);
        if (fact === null) continue;
        entries.push({ ...spoolEntry(fact, weigh(fact)), segment });
      }
      segment.use.openFacts += entries.length;
    } catch (error) {
      log.warn(
        { spool: name, file: segment.file, error: messageOf(error) },
        "a spool file cannot be read; it stays for the next start",
      );
      range.from = range.to;
      // Never finished for this process, so it is not removed.
      segment.use.unreadBytes = Number.POSITIVE_INFINITY;
    }
    if (range.from >= range.to) ranges.shift();
    if (segment.isFinished) tidySoon();
    return entries;
  };

  const factOf = (record: string): Fact | null => {
    try {
      return revive(JSON.parse(record));
    } catch (error) {
      log.warn({ spool: name, error: messageOf(error) }, "a record of the spool cannot be understood");
      return null;
    }
  };

  return {
    keep: (entry) => take(entry, false),
    takeOver: (entry) => take(entry, true),
    settle(entry) {
      entry.isSettled = true;
      if (!entry.segment) return;
      entry.segment.use.openFacts -= 1;
      if (entry.segment.isFinished) tidySoon();
      entry.segment = null;
    },
    hasBacklog: () => ranges.length > 0,
    next,
    adopt(files) {
      for (const { file, bytes } of files) {
        const segment = new Segment(file, bytes);
        segments.add(segment);
        if (bytes > 0) ranges.push({ segment, from: 0, to: bytes });
        else tidySoon();
      }
      measure();
      if (ranges.length > 0) onBacklog();
    },
    written: () =>
      waiting.length === 0
        ? (writing ?? Promise.resolve())
        : new Promise((resolve) => {
            watchers.push(resolve);
          }),
    async flush() {
      while (writing) await writing;
      start();
      await writing;
    },
    async close() {
      while (writing) await writing;
      start();
      await writing;
      isClosed = true;
      clearTimeout(retryTimer);
      clearTimeout(tidyTimer);
      await closing(active?.seal());
      await tidy();
      for (const segment of segments) await closing(segment.close());
    },
    stats: () => ({
      diskBytes,
      backlogBytes: ranges.reduce((sum, { from, to }) => sum + to - from, 0),
      isWorking,
    }),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
