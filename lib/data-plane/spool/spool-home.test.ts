import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { openSpoolHome, type Spool, type SpoolHome, spoolEntry } from "./index.ts";

interface Fact {
  n: number;
}
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-spool-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function home(over: { directory?: string } = {}): Promise<SpoolHome> {
  const opened = await openSpoolHome({
    directory: over.directory ?? directory,
    log: recordingLog(),
    bounds: { tidyMs: 5 },
  });
  if (!opened) throw new Error("no home");
  return opened;
}
const open = (at: SpoolHome, name = "console"): Spool<Fact> =>
  at.open<Fact>({
    name,
    bytesMax: 1e9,
    weigh: () => ({ level: "info", bytes: 10 }),
    revive: (record) => record as Fact,
    onBacklog: () => undefined,
    onUnwritten: () => undefined,
  });
const keep = (spool: Spool<Fact>, n: number): void => {
  const fact: Fact = { n };
  spool.keep(spoolEntry(fact, { level: "info", bytes: 10 }));
};
async function readBack(spool: Spool<Fact>) {
  const entries = [];
  while (spool.hasBacklog()) entries.push(...(await spool.next(100)));
  return entries;
}
/** As if the process that holds each lock had been killed: its id now belongs to another one, or to none. */
function killOwners(): void {
  for (const name of readdirSync(directory)) {
    const lock = path.join(directory, name, "lock");
    const owner = JSON.parse(readFileSync(lock, "utf8")) as object;
    writeFileSync(lock, JSON.stringify({ ...owner, startedAt: "1" }));
  }
}

test("each process has a directory of its own, and takes nothing from one that lives", async () => {
  const [first, second] = [await home(), await home()];
  const [one, two] = [open(first), open(second)];
  keep(one, 1);
  keep(two, 2);
  await Promise.all([one.flush(), two.flush()]);
  await second.adopt();
  expect(readdirSync(directory)).toHaveLength(2);
  expect([one.hasBacklog(), two.hasBacklog()]).toEqual([false, false]);
  await Promise.all([one.close(), two.close()]);
  await Promise.all([first.close(), second.close()]);
});

test("what a process left that was killed is taken over once, by kind, and its directory goes when it is stored", async () => {
  const dead = await home();
  for (const [name, n] of [
    ["console", 1],
    ["requests", 2],
  ] as const) {
    const spool = open(dead, name);
    keep(spool, n);
    await spool.flush();
  }
  killOwners();
  const [next, other] = await Promise.all([home(), home()]);
  const spools = [next, other].map((each) => ({ console: open(each), requests: open(each, "requests") }));
  const found = await Promise.all(
    spools.flatMap((each) =>
      [each.console, each.requests].map(async (spool) => ({ spool, entries: await readBack(spool) })),
    ),
  );
  expect(found.flatMap(({ entries }) => entries.map(({ fact }) => fact.n)).sort()).toEqual([1, 2]);
  for (const { spool, entries } of found) {
    for (const entry of entries) spool.settle(entry);
    await spool.close();
  }
  await Promise.all([next.close(), other.close()]);
  expect(readdirSync(directory)).toEqual([]);
});

test("what a process left in peace is taken over at once, also by one that is running already", async () => {
  const running = await home();
  const spool = open(running);
  const leaving = await home();
  const left = open(leaving);
  keep(left, 7);
  await left.close();
  await leaving.close();
  expect(spool.hasBacklog()).toBe(false);
  await running.adopt();
  expect((await readBack(spool)).map(({ fact }) => fact.n)).toEqual([7]);
  await spool.close();
  await running.close();
});

test("an owner that cannot be seen counts as gone only after a long silence", async () => {
  const hidden = path.join(directory, "of-another-machine");
  mkdirSync(hidden);
  const lock = path.join(hidden, "lock");
  writeFileSync(lock, JSON.stringify({ pid: 1, startedAt: "1", machine: "another", isReleased: false }));
  const first = await home();
  expect(readFileSync(lock, "utf8")).toContain("another");
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(lock, longAgo, longAgo);
  await first.adopt();
  expect(readFileSync(lock, "utf8")).not.toContain("another");
  await first.close();
  expect(readdirSync(directory)).toEqual([]);
});

test("a directory without a lock, or with a lock that says nothing, stops nobody", async () => {
  for (const name of ["a", "b"]) mkdirSync(path.join(directory, name));
  writeFileSync(path.join(directory, "b", "lock"), "{half");
  writeFileSync(path.join(directory, "a file"), "");
  const longAgo = new Date(Date.now() - 120_000);
  for (const name of ["a", "b", "b/lock"]) utimesSync(path.join(directory, name), longAgo, longAgo);
  const first = await home();
  await first.close();
  expect(readdirSync(directory)).toEqual(["a file"]);
});

test("a directory that cannot be made is told once, and there is no spool", async () => {
  const log = recordingLog();
  const file = path.join(directory, "in-the-way");
  writeFileSync(file, "");
  expect(await openSpoolHome({ directory: path.join(file, "spool"), log })).toBeNull();
  expect(log.entries.map(({ level }) => level)).toEqual(["warn"]);
});

test("others of this machine cannot look into it", async () => {
  chmodSync(directory, 0o755);
  const first = await home();
  const [own] = readdirSync(directory);
  expect(statSync(path.join(directory, own ?? "")).mode & 0o777).toBe(0o700);
  await first.close();
});
