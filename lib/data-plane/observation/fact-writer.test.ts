import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LogLevel } from "#lib/contract/index.ts";
import { recordingLog } from "#lib/testing/index.ts";
import { type Spool, type SpoolEntry, type SpoolHooks, spoolEntry } from "../spool/index.ts";
import { Segment } from "../spool/segment.ts";
import { createFactWriter, type FactWriterBounds } from "./fact-writer.ts";

interface Fact {
  n: number;
  level: LogLevel;
}
const fact = (n: number, level: LogLevel = "info"): Fact => ({ n, level });
const postgresError = (code: string) => Object.assign(new Error(`error ${code}`), { code });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store whose behaviour the test decides, attempt by attempt. */
function setUp(bounds: Partial<FactWriterBounds> = {}, spool?: (hooks: SpoolHooks<Fact>) => Spool<Fact>) {
  const attempts: { n: number[] }[] = [];
  const stored: number[] = [];
  const lost: number[] = [];
  const store = { behave: async (_facts: readonly Fact[]): Promise<void> => undefined };
  const writer = createFactWriter<Fact>({
    name: "test",
    async write(facts) {
      attempts.push({ n: facts.map(({ n }) => n) });
      await store.behave(facts);
      stored.push(...facts.map(({ n }) => n));
    },
    weigh: ({ level }) => ({ level, bytes: 10 }),
    onLost: (facts) => lost.push(...facts.map(({ n }) => n)),
    log: recordingLog(),
    ...(spool === undefined ? {} : { spool }),
    bounds,
  });
  return { attempts, stored, lost, store, writer };
}

test("closing and flushing a writer that never had a fact ends", async () => {
  const { writer } = setUp();
  await writer.close();
  await writer.flush();
  expect(writer.stats().queuedRows).toBe(0);
});

test("a few facts wait at most the flush time; a full batch goes at once", async () => {
  const { attempts, writer } = setUp({ batchRowsMax: 3, flushMs: 100 });
  writer.push(fact(1));
  await vi.advanceTimersByTimeAsync(99);
  expect(attempts).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(attempts.map(({ n }) => n)).toEqual([[1]]);
  for (const n of [2, 3, 4, 5]) writer.push(fact(n));
  await vi.advanceTimersByTimeAsync(0);
  expect(attempts.flatMap(({ n }) => n).sort()).toEqual([1, 2, 3, 4, 5]);
});

test("while the store is away, facts wait and are tried again; nothing is lost", async () => {
  const { stored, lost, store, writer } = setUp();
  store.behave = async () => {
    throw postgresError("57P01");
  };
  for (let n = 0; n < 10; n++) writer.push(fact(n));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(writer.stats()).toMatchObject({ isFailing: true, writtenRows: 0 });
  store.behave = async () => undefined;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stored).toHaveLength(10);
  expect(lost).toEqual([]);
  expect(writer.stats()).toMatchObject({ isFailing: false, writtenRows: 10, queuedRows: 0 });
});

test("retries back off and never come faster than the longest delay allows", async () => {
  const { attempts, store, writer } = setUp({ retryDelayMsMin: 100, retryDelayMsMax: 1_000 });
  store.behave = async () => {
    throw postgresError("08006");
  };
  writer.push(fact(1));
  await vi.advanceTimersByTimeAsync(11_700);
  expect(attempts.length).toBeGreaterThan(10);
  expect(attempts.length).toBeLessThan(17);
});

// The second is how the ledger's guards refuse what does not follow from the books of one organization.
test.each(["22021", "LG004"])(
  "a fact that the store refuses with %s is lost alone; its batch is stored",
  async (code) => {
    const { stored, lost, store, writer } = setUp();
    store.behave = async (facts) => {
      if (facts.some(({ n }) => n === 13 || n === 77)) throw postgresError(code);
    };
    for (let n = 0; n < 100; n++) writer.push(fact(n));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(lost).toEqual([13, 77]);
    expect(stored).toHaveLength(98);
    expect(writer.stats().lostRows).toEqual({ debug: 0, info: 2, warn: 0, error: 0 });
  },
);

test("a fact whose day gets its partition at this moment is stored in the next try", async () => {
  const { stored, lost, store, writer } = setUp();
  store.behave = async () => {
    store.behave = async () => undefined;
    throw postgresError("23514");
  };
  writer.push(fact(1));
  await vi.advanceTimersByTimeAsync(2_000);
  expect([lost, stored]).toEqual([[], [1]]);
});

test("a fact that cannot even be sent does not block the others for ever", async () => {
  const { lost, stored, store, writer } = setUp();
  store.behave = async (facts) => {
    if (facts.some(({ n }) => n === 1)) throw new TypeError("not serialisable");
  };
  for (const n of [0, 1, 2]) writer.push(fact(n));
  await vi.advanceTimersByTimeAsync(1_000);
  expect([lost, stored.sort()]).toEqual([[1], [0, 2]]);
});

test("a store that never answers is asked again", async () => {
  const { attempts, stored, store, writer } = setUp({ attemptMsMax: 1_000 });
  store.behave = () => new Promise(() => undefined);
  writer.push(fact(1));
  await vi.advanceTimersByTimeAsync(1_150);
  store.behave = async () => undefined;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(attempts.length).toBeGreaterThanOrEqual(2);
  expect(stored).toEqual([1]);
});

test("a full queue sheds debug first, then info, counts exactly what it shed, and stores the rest later", async () => {
  const { stored, lost, store, writer } = setUp({ queueRowsMax: 100, batchRowsMax: 10 });
  store.behave = async () => {
    throw postgresError("53300");
  };
  writer.push(fact(-1));
  await vi.advanceTimersByTimeAsync(200);
  for (let n = 0; n < 100; n++) writer.push(fact(n, n % 2 === 0 ? "debug" : "info"));
  for (let n = 100; n < 170; n++) writer.push(fact(n, "error"));
  expect(writer.stats()).toMatchObject({
    queuedRows: 100,
    lostRows: { debug: 50, info: 20, warn: 0, error: 0 },
  });
  expect(lost).toHaveLength(70);
  store.behave = async () => undefined;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stored.length + lost.length).toBe(171);
  expect(stored.filter((n) => n >= 100)).toHaveLength(70);
});

test("closing stores what waits; with the store away it gives up in time and counts what is lost", async () => {
  const good = setUp();
  for (let n = 0; n < 5; n++) good.writer.push(fact(n));
  await good.writer.close();
  expect(good.stored).toHaveLength(5);
  good.writer.push(fact(6));
  expect(good.lost).toEqual([6]);

  const bad = setUp({ drainMs: 500, batchRowsMax: 2 });
  bad.store.behave = async () => {
    throw postgresError("57P03");
  };
  for (let n = 0; n < 5; n++) bad.writer.push(fact(n));
  const closing = bad.writer.close();
  await vi.advanceTimersByTimeAsync(500);
  await closing;
  expect(bad.lost).toHaveLength(5);

  const hung = setUp({ drainMs: 500 });
  hung.store.behave = () => new Promise(() => undefined);
  hung.writer.push(fact(1));
  const closingHung = hung.writer.close();
  await vi.advanceTimersByTimeAsync(500);
  await closingHung;
  expect(hung.lost).toEqual([1]);
});

/** A spool in memory: what is on its disk stays when the writer is gone. */
function memorySpool(roomFor = Number.POSITIVE_INFINITY) {
  const disk: SpoolEntry<Fact>[] = [];
  const settled: number[] = [];
  let hooks: SpoolHooks<Fact> | undefined;
  let held = 0;
  const take = (): boolean => {
    if (held >= roomFor) return false;
    held += 1;
    return true;
  };
  const spool: Spool<Fact> = {
    keep: take,
    takeOver(entry) {
      const isTaken = take();
      if (isTaken) disk.push(entry);
      return isTaken;
    },
    settle: (entry) => settled.push(entry.fact.n),
    hasBacklog: () => disk.length > 0,
    next: async (rowsMax) => disk.splice(0, rowsMax),
    adopt: () => undefined,
    written: async () => undefined,
    flush: async () => undefined,
    close: async () => undefined,
    stats: () => ({ diskBytes: 0, backlogBytes: disk.length, isWorking: true }),
  };
  return {
    disk,
    settled,
    open: (given: SpoolHooks<Fact>) => {
      hooks = given;
      return spool;
    },
    wake: () => hooks?.onBacklog(),
    giveBack: (entries: SpoolEntry<Fact>[]) => hooks?.onUnwritten(entries),
  };
}

test("with a spool a full queue sheds nothing: facts go to disk, and are stored in their order when the store is back", async () => {
  const spool = memorySpool();
  const { stored, lost, store, writer } = setUp({ queueRowsMax: 20, batchRowsMax: 5 }, spool.open);
  store.behave = async () => {
    throw postgresError("57P01");
  };
  for (let n = 0; n < 100; n++) writer.push(fact(n, n % 2 === 0 ? "debug" : "info"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(writer.stats()).toMatchObject({ isFailing: true });
  expect(writer.stats().queuedRows).toBeLessThanOrEqual(20);
  expect(spool.disk.length).toBeGreaterThanOrEqual(75);
  store.behave = async () => undefined;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lost).toEqual([]);
  expect(stored.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  const fromDisk = stored.filter((n) => n >= 25);
  expect(fromDisk).toEqual(fromDisk.toSorted((a, b) => a - b));
  expect(spool.settled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

test("while the disk gives back its backlog, new facts are stored as well", async () => {
  const spool = memorySpool();
  const { stored, writer } = setUp({ batchRowsMax: 5 }, spool.open);
  for (let n = 0; n < 50; n++) spool.disk.push(spoolEntry(fact(n), { level: "info", bytes: 10 }));
  for (let n = 100; n < 110; n++) writer.push(fact(n));
  spool.wake();
  await writer.flush();
  expect(stored).toHaveLength(60);
  expect(stored.indexOf(109)).toBeLessThan(stored.indexOf(49));
});

test("when the disk is full too, debug is shed first and counted, and errors are stored", async () => {
  const spool = memorySpool(30);
  const { stored, lost, store, writer } = setUp({ queueRowsMax: 10, batchRowsMax: 5 }, spool.open);
  store.behave = async () => {
    throw postgresError("57P01");
  };
  writer.push(fact(-1));
  await vi.advanceTimersByTimeAsync(200);
  for (let n = 0; n < 60; n++) writer.push(fact(n, "debug"));
  for (let n = 100; n < 110; n++) writer.push(fact(n, "error"));
  expect(writer.stats().lostRows).toMatchObject({ info: 0, warn: 0, error: 0 });
  expect(writer.stats().lostRows.debug).toBe(lost.length);
  store.behave = async () => undefined;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stored.filter((n) => n >= 100)).toHaveLength(10);
  expect(stored.length + lost.length).toBe(71);
});

test("what the disk gives back is stored from memory", async () => {
  const spool = memorySpool();
  const { stored, lost, writer } = setUp({}, spool.open);
  spool.giveBack([1, 2, 3].map((n) => spoolEntry(fact(n), { level: "info", bytes: 10 })));
  await writer.flush();
  expect([stored, lost]).toEqual([[1, 2, 3], []]);
});

test("closing with the store away leaves what is on disk for the next process, and loses only what is not", async () => {
  const spool = memorySpool();
  const { lost, store, writer } = setUp({ drainMs: 500, batchRowsMax: 2 }, (hooks) => {
    const opened = spool.open(hooks);
    return {
      ...opened,
      keep: (entry) => {
        if (entry.fact.n % 2 === 0) entry.segment = new Segment("unused");
        return true;
      },
    };
  });
  store.behave = async () => {
    throw postgresError("57P03");
  };
  for (let n = 0; n < 6; n++) writer.push(fact(n));
  const closing = writer.close();
  await vi.advanceTimersByTimeAsync(500);
  await closing;
  expect(lost.toSorted()).toEqual([1, 3, 5]);
});
