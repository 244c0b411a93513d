import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFECTS, type Defect } from "#lib/testing/ledger-mutations/defects.ts";
import { type Copy, copyRepository } from "#lib/testing/ledger-mutations/plant.ts";
import { testDatabase } from "#lib/testing/test-database.ts";

const COPIES = 2;
/** What is found in the ledger as it is. */
const HEALTHY = "nothing is wrong";

let copies: Copy[];
beforeAll(async () => {
  copies = await Promise.all(Array.from({ length: COPIES }, () => copyRepository(() => testDatabase())));
});
afterAll(async () => {
  for (const copy of copies) await copy.remove();
});

test("each mistake that somebody could make in the ledger is caught, and the ledger as it is passes", async () => {
  const left: (Defect | null)[] = [null, ...DEFECTS];
  const found = new Map<string, string | null>();
  await Promise.all(
    copies.map(async (copy) => {
      for (let defect = left.shift(); defect !== undefined; defect = left.shift()) {
        found.set(defect?.name ?? HEALTHY, await copy.prove(defect));
      }
    }),
  );
  const width = Math.max(...[...found.keys()].map(({ length }) => length));
  const lines = [...found].map(([defect, by]) => `${defect.padEnd(width)} → ${by ?? "not found"}`);
  process.stdout.write(`${lines.join("\n")}\n`);
  expect(found.get(HEALTHY)).toBeNull();
  found.delete(HEALTHY);
  expect([...found].filter(([, by]) => by === null).map(([defect]) => defect)).toEqual([]);
  expect(found.size).toBeGreaterThanOrEqual(15);
}, 300_000);
