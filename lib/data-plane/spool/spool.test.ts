import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LogLevel } from "#lib/contract/index.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { createSpool, type Spool, type SpoolBounds, type SpoolEntry, spoolEntry } from "./spool.ts";

interface Fact {
  n: number;
  level: LogLevel;
  text?: string;
}
let directory: string;
const opened: Spool<Fact>[] = [];
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-spool-"));
});
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
  rmSync(directory, { recursive: true, force: true });
});

const weigh = ({ level, text }: Fact) => ({ level, bytes: 100 + (text ?? "").length });
const entryOf = (n: number, level: LogLevel = "info", text?: string): SpoolEntry<Fact> => {
  const fact: Fact = { n, level, ...(text === undefined ? {} : { text }) };
  return spoolEntry(fact, weigh(fact));
};

function setUp(over: { directory?: string; bytesMax?: number; bounds?: Partial<SpoolBounds> } = {}) {
  const log = recordingLog();
  const unwritten: number[] = [];
  let wakes = 0;
  const spool = createSpool<Fact>({
    name: "test",
    directory: over.directory ?? directory,
    bytesMax: over.bytesMax ?? 1e9,
    weigh,
    revive: (record) => record as Fact,
    onBacklog: () => {
      wakes += 1;
    },
    onUnwritten: (entries) => unwritten.push(...entries.map(({ fact }) => fact.n)),
    log,
    bounds: { tidyMs: 5, retryMs: 20, ...over.bounds },
  });
  opened.push(spool);
  return { spool, log, unwritten, wakes: () => wakes };
}
const filesOf = (): string[] => readdirSync(directory).sort();
const leftovers = () =>
  filesOf().map((name) => {
    const file = path.join(directory, name);
    return { file, bytes: statSync(file).size };
  });
async function readBack(spool: Spool<Fact>, rowsMax = 1_000): Promise<SpoolEntry<Fact>[]> {
  const entries: SpoolEntry<Fact>[] = [];
  while (spool.hasBacklog()) entries.push(...(await spool.next(rowsMax)));
  return entries;
}
const numbers = (entries: readonly SpoolEntry<Fact>[]): number[] => entries.map(({ fact }) => fact.n);

test("what was kept is on disk within the delay, and gone when it is stored", async () => {
  const { spool } = setUp();
  const entries = Array.from({ length: 50 }, (_, n) => entryOf(n));
  for (const entry of entries) expect(spool.keep(entry)).toBe(true);
  expect(filesOf()).toEqual([]);
  await eventually(() => expect(spool.stats().diskBytes).toBeGreaterThan(0));
  const [file] = filesOf();
  expect(readFileSync(path.join(directory, file ?? ""), "utf8").match(/"n":/g)).toHaveLength(50);
  expect(spool.hasBacklog()).toBe(false);
  for (const entry of entries) spool.settle(entry);
  await eventually(() => expect(spool.stats().diskBytes).toBe(0));
  await spool.close();
  expect(filesOf()).toEqual([]);
});

test("what is stored before it could be written is never written", async () => {
  const { spool } = setUp();
  const entry = entryOf(1);
  spool.keep(entry);
  spool.settle(entry);
  await spool.flush();
  expect(filesOf()).toEqual([]);
});

test("what was taken over comes back once, in its order, apart from what was only kept", async () => {
  const { spool, wakes } = setUp({ bounds: { segmentBytesMax: 600 } });
  for (let n = 0; n < 100; n++) {
    if (n % 20 < 10) spool.keep(entryOf(n));
    else expect(spool.takeOver(entryOf(n))).toBe(true);
    if (n % 7 === 0) await spool.flush();
  }
  await spool.flush();
  expect(wakes()).toBeGreaterThan(0);
  expect(filesOf().length).toBeGreaterThan(3);
  const entries = await readBack(spool, 3);
  expect(numbers(entries)).toEqual(Array.from({ length: 100 }, (_, n) => n).filter((n) => n % 20 >= 10));
});

test("files whose facts are stored are removed while others stay", async () => {
  const { spool } = setUp({ bounds: { segmentBytesMax: 300 } });
  const entries: SpoolEntry<Fact>[] = [];
  for (let n = 0; n < 30; n++) {
    const entry = entryOf(n);
    entries.push(entry);
    spool.keep(entry);
    await spool.flush();
  }
  const before = filesOf().length;
  for (const entry of entries.slice(0, 15)) spool.settle(entry);
  await eventually(() => expect(filesOf().length).toBeLessThan(before));
  const again = setUp();
  again.spool.adopt(leftovers());
  expect(numbers(await readBack(again.spool))).toEqual(expect.arrayContaining([15, 16, 29]));
});

test("the next process reads what the last one left, however often it is interrupted, until it is stored", async () => {
  const first = setUp();
  for (let n = 0; n < 500; n++) first.spool.keep(entryOf(n, "info", "é\n\u2028🎉"));
  await first.spool.close();

  const second = setUp({ directory: mkdtempSync(path.join(os.tmpdir(), "mcpstack-spool-")) });
  second.spool.adopt(leftovers());
  expect(numbers(await second.spool.next(100)).length).toBeGreaterThan(0);
  await second.spool.close();
  expect(filesOf()).toHaveLength(1);

  const third = setUp({ directory: mkdtempSync(path.join(os.tmpdir(), "mcpstack-spool-")) });
  third.spool.adopt(leftovers());
  const entries = await readBack(third.spool, 64);
  expect(numbers(entries)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  expect(entries[0]?.fact.text).toBe("é\n\u2028🎉");
  for (const entry of entries) third.spool.settle(entry);
  await eventually(() => expect(filesOf()).toEqual([]));
});

test("half a record at the end and damage in the middle cost only themselves, and are told", async () => {
  const first = setUp({ bounds: { frameRowsMax: 10 } });
  for (let n = 0; n < 100; n++) first.spool.keep(entryOf(n));
  await first.spool.close();
  const [left] = leftovers();
  if (!left) throw new Error("nothing was left");
  truncateSync(left.file, left.bytes - 5);
  const text = readFileSync(left.file);
  text.fill(0, text.indexOf('"n":35'), text.indexOf('"n":36'));
  writeFileSync(left.file, text);

  const { spool, log } = setUp();
  spool.adopt(leftovers());
  const expected = Array.from({ length: 90 }, (_, n) => n).filter((n) => n < 30 || n >= 40);
  expect(numbers(await readBack(spool))).toEqual(expected);
  const warnings = log.entries.filter(({ message }) => message.includes("damaged"));
  expect(warnings).toHaveLength(1);
});

test("a file that cannot be read is told and left, and the others are read", async () => {
  const first = setUp();
  first.spool.keep(entryOf(1));
  await first.spool.close();
  const { spool, log } = setUp();
  spool.adopt([{ file: path.join(directory, "test-00000009.spool"), bytes: 100 }, ...leftovers()]);
  expect(numbers(await readBack(spool))).toEqual([1]);
  expect(log.entries.map(({ message }) => message)).toEqual([
    "a spool file cannot be read; it stays for the next start",
  ]);
});

test("room runs out for debug first and for errors last, exactly at the bound", async () => {
  const { spool } = setUp({ bytesMax: 10_000, bounds: { tidyMs: 60_000 } });
  const fill = async (level: LogLevel): Promise<number> => {
    for (let taken = 0; ; taken++) {
      if (!spool.takeOver(entryOf(taken, level))) return taken;
      await spool.flush();
    }
  };
  const taken = {
    debug: await fill("debug"),
    info: await fill("info"),
    warn: await fill("warn"),
    error: await fill("error"),
  };
  for (const count of Object.values(taken)) expect(count).toBeGreaterThan(0);
  expect(spool.stats().diskBytes).toBeLessThanOrEqual(10_000);
  expect(spool.takeOver(entryOf(1, "debug"))).toBe(false);
});

test("a disk that refuses is told once; facts go on without it, what was only there is given back, and it works again by itself", async () => {
  const { spool, log, unwritten } = setUp();
  rmSync(directory, { recursive: true });
  spool.keep(entryOf(1));
  spool.takeOver(entryOf(2));
  await spool.flush();
  expect(unwritten).toEqual([2]);
  expect(spool.stats().isWorking).toBe(false);
  expect(spool.keep(entryOf(3))).toBe(false);
  await eventually(() => expect(spool.keep(entryOf(4))).toBe(true));
  await spool.flush();
  mkdirSync(directory);
  await eventually(() => expect(spool.keep(entryOf(5))).toBe(true));
  await spool.flush();
  expect(filesOf()).toHaveLength(1);
  expect(log.entries.map(({ level }) => level)).toEqual(["warn", "info"]);
});

test("what waits for a slow disk is bounded", () => {
  const { spool } = setUp({ bounds: { waitingBytesMax: 1_000, writeDelayMs: 60_000 } });
  let taken = 0;
  while (spool.keep(entryOf(taken))) taken++;
  expect(taken).toBe(10);
});

test("files are readable by their owner only", async () => {
  const { spool } = setUp();
  chmodSync(directory, 0o700);
  spool.keep(entryOf(1));
  await spool.flush();
  const [file] = filesOf();
  expect(statSync(path.join(directory, file ?? "")).mode & 0o777).toBe(0o600);
});
