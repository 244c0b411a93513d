import { afterAll, beforeAll, expect, it } from "vitest";
import { diagnoseNow } from "#lib/domain/diagnosis/index.ts";
import { type TestDatabase, testDatabase } from "../test-database.ts";
import { FAULTS, type Fleet, openFleet, runFaults, scoreOf } from "./index.ts";

let stored: TestDatabase;
let fleet: Fleet;

beforeAll(async () => {
  stored = await testDatabase();
  fleet = await openFleet(stored.url);
});
afterAll(async () => {
  await fleet.close();
  await stored.close();
});

it("what is wrong with a real fleet is named first, what is well is not blamed, and what cannot be known is not said", async () => {
  const reduced = FAULTS.filter(({ isReduced }) => isReduced === true);
  const results = await runFaults(fleet, diagnoseNow, reduced);
  const wrong = results
    .filter(({ isRight }) => !isRight)
    .map(
      ({ id, expected, said, error }) => `${id}: ${error ?? said.join(", ")}, not ${expected.join(" and ")}`,
    );
  expect(scoreOf(results).missed, wrong.join("\n")).toEqual([]);
}, 120_000);
