import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";
import { competeForLeadership } from "./leadership.ts";

let test: TestDatabase;
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(() => test.close());

/** Competes; tells each beginning and end of its leadership. */
const compete = (key: number) => {
  const stop = new AbortController();
  const problems: unknown[] = [];
  let terms = 0;
  let leads = false;
  const waiting: (() => void)[] = [];
  const changed = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  const done = competeForLeadership(
    {
      url: test.url,
      key,
      pollMs: 5,
      checkMs: 5,
      signal: stop.signal,
      onProblem: (error) => void problems.push(error),
    },
    async (signal) => {
      terms += 1;
      leads = true;
      changed();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      leads = false;
      changed();
    },
  );
  return {
    problems,
    leads: () => leads,
    terms: () => terms,
    stop: async () => {
      stop.abort();
      await done;
    },
    until: async (isTrue: () => boolean) => {
      while (!isTrue()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
};

const holders = async (key: number): Promise<number[]> =>
  (
    await test.database.sql<{ pid: number }[]>`
      select pid from pg_locks where locktype = 'advisory' and granted and objid = ${key}
        and database = (select oid from pg_database where datname = current_database())`
  ).map((row) => row.pid);

it("has one leader at a time, and the next one takes over when it leaves", async () => {
  const first = compete(11);
  await first.until(first.leads);
  const second = compete(11);
  expect(await holders(11)).toHaveLength(1);
  expect(second.leads()).toBe(false);
  await first.stop();
  expect(first.leads()).toBe(false);
  await second.until(second.leads);
  await second.stop();
  expect(await holders(11)).toEqual([]);
});

it("ends a leader whose connection is lost, and lets it compete again", async () => {
  const only = compete(12);
  await only.until(only.leads);
  const [holder] = await holders(12);
  await test.database.sql`select pg_terminate_backend(${holder ?? 0})`;
  await only.until(() => only.terms() === 2 && only.leads());
  expect(only.problems).not.toEqual([]);
  await only.stop();
});
