import { afterAll, beforeAll, expect, test } from "vitest";
import { Diagnosis } from "#lib/contract/index.ts";
import { openDatabase } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type DiagnosisFixture, diagnosisFixture } from "#lib/testing/diagnosis-fixture.ts";
import { diagnoseNow, evidenceSha256 } from "./index.ts";

let own: DiagnosisFixture;

beforeAll(async () => {
  own = await diagnosisFixture();
});
afterAll(() => own.store.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    ({ code }) => code,
  );

test("one call answers the evidence and what it says, which names the evidence by its hash", async () => {
  const { id } = await own.server();
  await own.write([own.fact(id)]);
  const { evidence, diagnosis } = await diagnoseNow(own.as(), { server: id, probe: false });
  expect(Diagnosis.safeParse(diagnosis).error).toBeUndefined();
  expect(diagnosis.evidenceSha256).toBe(evidenceSha256(evidence));
  expect(diagnosis.subject.server?.id).toBe(id);
});

test("windows that cannot be looked at are refused with what is allowed", async () => {
  const refused = (input: object) =>
    diagnoseNow(own.as(), { probe: false, ...input }).then(
      () => "ok",
      ({ code, message }) => `${code}: ${message}`,
    );
  const days = 24 * 3_600_000;
  expect(await refused({ windowMs: 3_650 * days })).toMatch(/^invalid_input: .*at most 7 days/);
  expect(await refused({ windowMs: 1_000 })).toMatch(/^invalid_input: .*at least one minute/);
  expect(await refused({ at: new Date(own.clock.nowMs() + days).toISOString() })).toMatch(/future/);
  expect(await refused({ server: "no\0such" })).toMatch(/^invalid_input/);
});

test("more diagnoses than one process makes at once are refused with when to try again", async () => {
  const asked = Array.from({ length: limits.incidents.diagnosesAtOnceMax + 1 }, () =>
    codeOf(diagnoseNow(own.as(), { probe: false })),
  );
  expect((await Promise.all(asked)).sort()).toEqual([...asked.slice(1).map(() => "ok"), "unavailable"]);
  expect(await codeOf(diagnoseNow(own.as(), { probe: false }))).toBe("ok");
});

test("a database that is away is said so, and nothing is judged", async () => {
  const database = openDatabase({
    url: "postgres://nobody@127.0.0.1:1/none",
    connectionsMax: 2,
    applicationName: "away",
  });
  const away = { ...own.as(), database };
  await expect(diagnoseNow(away, { server: "any", probe: false })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("database cannot be reached"),
  });
  await expect(diagnoseNow(away, { probe: false })).rejects.toMatchObject({ code: "unavailable" });
  await database.close(0);
});
