import type { LogLevel } from "#lib/contract/index.ts";
import { hasMissedPartition } from "#lib/db/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Spool, type SpoolEntry, type SpoolHooks, type SpoolStats, spoolEntry } from "../spool/index.ts";
import { SheddingQueue, type Weight } from "./shedding-queue.ts";

export interface FactWriterOptions<Fact> {
  /** What is written, for the operator's log. */
  name: string;
  /** Stores `facts`. Called again when the answer was lost, maybe in other groups: a fact must count once. */
  write(facts: readonly Fact[]): Promise<unknown>;
  weigh(fact: Fact): Weight;
  /** Called with what will not be stored. */
  onLost(facts: readonly Fact[]): void;
  /** Keeps facts on disk until they are stored, and takes those for which there is no room in memory. */
  spool?: (hooks: SpoolHooks<Fact>) => Spool<Fact>;
  log: Log;
  bounds?: Partial<FactWriterBounds>;
}

export type FactWriterBounds = { [Name in keyof typeof limits.writer]: number };

export interface FactWriterStats {
  queuedRows: number;
  queuedBytes: number;
  writtenRows: number;
  /** Rows that were given up, by level: there was no room for them, or the store refused the row. */
  lostRows: Record<LogLevel, number>;
  retries: number;
  isFailing: boolean;
  /** Null without one. */
  spool: SpoolStats | null;
}

/**
 * Takes facts at any rate and stores them in batches. Never blocks the caller and never grows without bound: while the
 * queue is full, facts go to the spool only, and are stored from there in their order; without a spool, or when that is
 * full too, debug is shed first.
 */
export interface FactWriter<Fact> {
  push(fact: Fact): void;
  /** True when the next fact would push no other out. */
  hasRoom(): boolean;
  /** Resolves when everything that was pushed before is on disk or refused there; at once without a spool. */
  kept(): Promise<void>;
  /** Resolves when everything that was pushed before is stored or given up. */
  flush(): Promise<void>;
  /**
   * Stores what waits, for at most `limits.writer.drainMs`; what is left then stays in the spool for the next process,
   * or is given up where there is none.
   */
  close(): Promise<void>;
  stats(): FactWriterStats;
}

/** Error classes of PostgreSQL, and of the ledger's guards, that blame the data: trying again would fail again. */
const DATA_ERROR_CLASSES = new Set(["21", "22", "23", "54", "LG"]);

/** True when the fact itself is at fault: the store refused it, or it could not even be sent. */
function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return false;
  if (hasMissedPartition(error)) return false;
  return /^[0-9A-Z]{5}$/.test(error.code)
    ? DATA_ERROR_CLASSES.has(error.code.slice(0, 2))
    : error.code === "UNDEFINED_VALUE";
}
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });

/** Settles as `work` does, or rejects after `ms` or when `signal` is given. */
function within<Value>(work: Promise<Value>, ms: number, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error("gave up: closing"));
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    signal.addEventListener("abort", giveUp);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    });
  });
}

export function createFactWriter<Fact>(options: FactWriterOptions<Fact>): FactWriter<Fact> {
  const { name, write, weigh, onLost, log } = options;
  const bounds: FactWriterBounds = { ...limits.writer, ...options.bounds };
  const queue = new SheddingQueue<SpoolEntry<Fact>>(
    (entry) => entry,
    bounds.queueRowsMax,
    bounds.queueBytesMax,
  );
  const lostRows: Record<LogLevel, number> = { debug: 0, info: 0, warn: 0, error: 0 };
  const closing = new AbortController();
  /** Not stored when the time to close was over. */
  const left: SpoolEntry<Fact>[] = [];
  let isClosing = false;
  /** The queue was full and is not half empty yet: meanwhile facts go to the spool only. */
  let isOverflowing = false;
  let writtenRows = 0;
  let retries = 0;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;

  const lose = (entries: readonly SpoolEntry<Fact>[]): void => {
    if (entries.length === 0) return;
    for (const entry of entries) {
      lostRows[entry.level] += 1;
      spool?.settle(entry);
    }
    onLost(entries.map(({ fact }) => fact));
  };

  /** Writes until the store answers; parts a batch that the store refuses, so that only the bad row is lost. */
  const store = async (entries: readonly SpoolEntry<Fact>[]): Promise<void> => {
    if (entries.length === 0) return;
    const facts = entries.map(({ fact }) => fact);
    for (let delayMs = bounds.retryDelayMsMin; ; delayMs = Math.min(delayMs * 2, bounds.retryDelayMsMax)) {
      if (closing.signal.aborted) {
        left.push(...entries);
        return;
      }
      try {
        await within(write(facts), bounds.attemptMsMax, closing.signal);
        writtenRows += entries.length;
        for (const entry of entries) spool?.settle(entry);
        if (isFailing) log.info({ writer: name }, "the store takes facts again");
        isFailing = false;
        return;
      } catch (error) {
        if (isDataError(error)) return refuse(entries, error);
        if (!isFailing) log.warn({ writer: name, error: messageOf(error) }, "facts wait: the store fails");
        isFailing = true;
        retries += 1;
        await wait(delayMs, closing.signal);
      }
    }
  };

  const refuse = async (entries: readonly SpoolEntry<Fact>[], error: unknown): Promise<void> => {
    if (entries.length === 1) {
      log.warn({ writer: name, error: messageOf(error) }, "the store refused a fact");
      return lose(entries);
    }
    const middle = Math.ceil(entries.length / 2);
    await store(entries.slice(0, middle));
    await store(entries.slice(middle));
  };

  const hasBacklog = (): boolean => !isClosing && (spool?.hasBacklog() ?? false);

  /** New facts and those of the spool in turns: neither waits for the end of the other. */
  const run = async (): Promise<void> => {
    try {
      while (queue.size > 0 || hasBacklog()) {
        await store(queue.take(bounds.batchRowsMax, bounds.batchBytesMax));
        if (queue.size <= bounds.queueRowsMax / 2 && queue.bytes <= bounds.queueBytesMax / 2) {
          isOverflowing = false;
        }
        if (spool && hasBacklog()) await store(await spool.next(bounds.batchRowsMax));
      }
    } finally {
      running = null;
    }
  };
  const start = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    // With nothing to store `run` would be over before it counts as running, and then count for ever.
    if (!running && (queue.size > 0 || hasBacklog())) running = run();
    return running ?? Promise.resolve();
  };

  const spool: Spool<Fact> | null =
    options.spool?.({
      weigh,
      onBacklog: () => (timer ??= setTimeout(() => void start(), 0)),
      onUnwritten: (entries) => {
        for (const entry of entries) lose(queue.push(entry));
        void start();
      },
    }) ?? null;

  return {
    push(fact) {
      const entry = spoolEntry(fact, weigh(fact));
      if (closing.signal.aborted) return lose([entry]);
      if (isOverflowing || !queue.fits(entry.bytes)) {
        if (spool?.takeOver(entry)) {
          isOverflowing = true;
          return;
        }
      } else spool?.keep(entry);
      lose(queue.push(entry));
      if (running) return;
      if (queue.size >= bounds.batchRowsMax) void start();
      else timer ??= setTimeout(() => void start(), bounds.flushMs);
    },
    hasRoom: () => queue.size < bounds.queueRowsMax && queue.bytes < bounds.queueBytesMax / 2,
    kept: async () => spool?.written(),
    async flush() {
      do {
        await spool?.flush();
        await start();
      } while (running || queue.size > 0 || hasBacklog());
    },
    async close() {
      isClosing = true;
      const drain = start();
      const giveUp = setTimeout(() => closing.abort(), bounds.drainMs);
      await drain;
      clearTimeout(giveUp);
      closing.abort();
      left.push(...queue.take(Number.POSITIVE_INFINITY));
      if (spool) await written(spool, name, log);
      lose(left.filter((entry) => entry.segment === null));
    },
    stats: () => ({
      queuedRows: queue.size,
      queuedBytes: queue.bytes,
      writtenRows,
      lostRows: { ...lostRows },
      retries,
      isFailing,
      spool: spool?.stats() ?? null,
    }),
  };
}

/** Resolves when the spool holds what it can, or does not come to an end in time. */
async function written(spool: Pick<Spool<unknown>, "close">, name: string, log: Log): Promise<void> {
  try {
    await within(spool.close(), limits.spool.closeMs, new AbortController().signal);
  } catch (error) {
    log.warn({ writer: name, error: messageOf(error) }, "the spool was not closed cleanly");
  }
}
