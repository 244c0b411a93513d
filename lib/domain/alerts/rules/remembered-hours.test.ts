import { expect, test } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerKey } from "./counted-hours.ts";
import { createRememberedHours } from "./remembered-hours.ts";

const HOUR_MS = 3_600_000;
const { burnHistoriesPerSweepMax: atOnce, burnHistoriesKeptMax: keptMax } = limits.alertRules;
const serversUpTo = (count: number) =>
  Array.from({ length: count }, (_, n): ServerKey => ({ organizationId: "org_a", id: `srv_${n}` }));

/** Looks that count what they read. */
function looking() {
  const remember = createRememberedHours();
  const look = async (servers: readonly ServerKey[], nowMs: number) => {
    let reads = 0;
    const before = remember(async (next) => {
      reads += next.length;
      return new Map(next.map(({ id }) => [id, [{ hourMs: nowMs, calls: 1, errors: 0, toolErrors: 0 }]]));
    }, nowMs);
    await before.read(servers);
    return { reads, known: servers.filter(({ id }) => before.of(id) !== null).length };
  };
  return look;
}

test("a look reads of so many servers, the next of the others, and nobody twice in an hour", async () => {
  const look = looking();
  const servers = serversUpTo(2 * atOnce + 1);
  expect(await look(servers, 0)).toEqual({ reads: atOnce, known: atOnce });
  expect(await look(servers, 15_000)).toEqual({ reads: atOnce, known: 2 * atOnce });
  expect(await look(servers, 30_000)).toEqual({ reads: 1, known: servers.length });
  expect(await look(servers, HOUR_MS - 1)).toEqual({ reads: 0, known: servers.length });
});

test("what is of the hour before counts until its turn comes, what is older does not", async () => {
  const look = looking();
  const servers = serversUpTo(atOnce + 1);
  await look(servers, 0);
  await look(servers, 1);
  expect(await look(servers, HOUR_MS)).toEqual({ reads: atOnce, known: servers.length });
  expect(await look(servers, HOUR_MS + 1)).toEqual({ reads: 1, known: servers.length });
  expect(await look(servers, 5 * HOUR_MS)).toEqual({ reads: atOnce, known: atOnce });
});

test("a bounded number is remembered", async () => {
  const look = looking();
  const servers = serversUpTo(keptMax + atOnce);
  for (let n = 0; n < servers.length; n += atOnce) await look(servers.slice(n, n + atOnce), 0);
  expect((await look(servers.slice(0, atOnce), 1)).reads, "forgotten").toBe(atOnce);
  expect((await look(servers.slice(-atOnce), 1)).reads, "remembered").toBe(0);
});
