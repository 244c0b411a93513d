import type { LogLevel } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { SheddingQueue, type Weight } from "./shedding-queue.ts";

export interface FactWriterOptions<Fact> {
  /** What is written, for the operator's log. */
  name: string;
  /** Stores `facts`; called again with the same `batchId` when the answer was lost. */
  write(facts: readonly Fact[], batchId: string): Promise<unknown>;
  weigh(fact: Fact): Weight;
  /** Called with what will not be stored. */
  onLost(facts: readonly Fact[]): void;
  ids: IdSource;
  log: Log;
  bounds?: Partial<FactWriterBounds>;
}

export type FactWriterBounds = { [Name in keyof typeof limits.writer]: number };

export interface FactWriterStats {
  queuedRows: number;
  queuedBytes: number;
  writtenRows: number;
  /** Rows that were given up, by level: the queue was full, or the store refused the row. */
  lostRows: Record<LogLevel, number>;
  retries: number;
  isFailing: boolean;
}

/** Takes facts at any rate and stores them in batches. Never blocks the caller and never grows without bound. */
export interface FactWriter<Fact> {
  push(fact: Fact): void;
  /** True when the next fact would push no other out. */
  hasRoom(): boolean;
  /** Resolves when everything that was pushed before is stored or given up. */
  flush(): Promise<void>;
  /** Stores what waits, for at most `limits.writer.drainMs`; what is left then is given up. */
  close(): Promise<void>;
  stats(): FactWriterStats;
}

/** Error classes of PostgreSQL that blame the data: trying again would fail again. */
const DATA_ERROR_CLASSES = new Set(["21", "22", "23", "54"]);

/** True when the fact itself is at fault: the store refused it, or it could not even be sent. */
function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return false;
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
  const { name, write, weigh, onLost, ids, log } = options;
  const bounds: FactWriterBounds = { ...limits.writer, ...options.bounds };
  const queue = new SheddingQueue<Fact>(weigh, bounds.queueRowsMax, bounds.queueBytesMax);
  const lostRows: Record<LogLevel, number> = { debug: 0, info: 0, warn: 0, error: 0 };
  const closing = new AbortController();
  let writtenRows = 0;
  let retries = 0;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;

  const lose = (facts: readonly Fact[]): void => {
    if (facts.length === 0) return;
    for (const fact of facts) lostRows[weigh(fact).level] += 1;
    onLost(facts);
  };

  /** Writes until the store answers; parts a batch that the store refuses, so that only the bad row is lost. */
  const store = async (facts: readonly Fact[]): Promise<void> => {
    const batchId = ids.uuid();
    for (let delayMs = bounds.retryDelayMsMin; ; delayMs = Math.min(delayMs * 2, bounds.retryDelayMsMax)) {
      if (closing.signal.aborted) return lose(facts);
      try {
        await within(write(facts, batchId), bounds.attemptMsMax, closing.signal);
        writtenRows += facts.length;
        if (isFailing) log.info({ writer: name }, "the store takes facts again");
        isFailing = false;
        return;
      } catch (error) {
        if (isDataError(error)) return refuse(facts, error);
        if (!isFailing) log.warn({ writer: name, error: messageOf(error) }, "facts wait: the store fails");
        isFailing = true;
        retries += 1;
        await wait(delayMs, closing.signal);
      }
    }
  };

  const refuse = async (facts: readonly Fact[], error: unknown): Promise<void> => {
    if (facts.length === 1) {
      log.warn({ writer: name, error: messageOf(error) }, "the store refused a fact");
      return lose(facts);
    }
    const middle = Math.ceil(facts.length / 2);
    await store(facts.slice(0, middle));
    await store(facts.slice(middle));
  };

  const run = async (): Promise<void> => {
    try {
      while (queue.size > 0) await store(queue.take(bounds.batchRowsMax));
    } finally {
      running = null;
    }
  };
  const start = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    // With nothing to store `run` would be over before it counts as running, and then count for ever.
    if (!running && queue.size > 0) running = run();
    return running ?? Promise.resolve();
  };

  return {
    push(fact) {
      if (closing.signal.aborted) return lose([fact]);
      lose(queue.push(fact));
      if (running) return;
      if (queue.size >= bounds.batchRowsMax) void start();
      else timer ??= setTimeout(() => void start(), bounds.flushMs);
    },
    hasRoom: () => queue.size < bounds.queueRowsMax && queue.bytes < bounds.queueBytesMax / 2,
    async flush() {
      while (running || queue.size > 0) await start();
    },
    async close() {
      const drain = start();
      const giveUp = setTimeout(() => closing.abort(), bounds.drainMs);
      await drain;
      clearTimeout(giveUp);
      closing.abort();
    },
    stats: () => ({
      queuedRows: queue.size,
      queuedBytes: queue.bytes,
      writtenRows,
      lostRows: { ...lostRows },
      retries,
      isFailing,
    }),
  };
}
