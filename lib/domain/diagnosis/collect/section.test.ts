import { expect, test } from "vitest";
import { DomainError } from "#lib/kernel/errors.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import type { Ctx, Log } from "../../access/index.ts";
import type { Question } from "../question.ts";
import { createCollection, NotCollected } from "./section.ts";

const ctxWith = (log: Log) =>
  ({ clock: fakeClock(), log, organization: { id: "org_1", slug: "acme" } }) as unknown as Ctx;
const collection = (collectMs: number, log: Log = recordingLog()) =>
  createCollection(ctxWith(log), {} as Question, collectMs);
const never = () => new Promise<never>(() => undefined);

test("a section that is late is missing by the deadline; the others are there", async () => {
  const { section } = collection(20);
  expect(
    await Promise.all([section("logs.counts", async () => 1), section("logs.errors", never)]),
  ).toMatchObject([
    { status: "collected", value: 1 },
    { status: "missing", reason: "timeout", message: "It was not there within 0.02 s." },
  ]);
});

test("what goes wrong is told in our own words, or not at all; it is always in the log", async () => {
  const log = recordingLog();
  const { section } = collection(1_000, log);
  const failing = (error: Error) => section("hosting.caps", () => Promise.reject(error));
  expect(await failing(new DomainError("unavailable", "No edge answered."))).toMatchObject({
    reason: "failed",
    message: "No edge answered.",
  });
  const secret = await failing(new Error("connect ENOENT /run/secret.sock"));
  expect(secret).toMatchObject({ reason: "failed" });
  expect(JSON.stringify(secret)).not.toContain("secret.sock");
  expect(await failing(new NotCollected("not_allowed", "You may not see billing."))).toMatchObject({
    reason: "not_allowed",
    message: "You may not see billing.",
  });
  const ended = new Error("Failed query", { cause: Object.assign(new Error("canceled"), { code: "57014" }) });
  expect(await failing(ended)).toMatchObject({ reason: "timeout" });
  expect(log.entries.filter(({ level }) => level === "warn")).toHaveLength(3);
});

test("work that throws before it promises anything is missing as well", async () => {
  const { section } = collection(1_000);
  const broken = section("logs.hops", () => {
    throw new NotCollected("not_applicable", "No server was named.");
  });
  expect(await broken).toMatchObject({ status: "missing", reason: "not_applicable" });
});

test("a database that is away is counted, so that the whole can say so", async () => {
  const gone = collection(1_000);
  const away = () => Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" }));
  expect(await gone.section("logs.counts", away)).toMatchObject({
    reason: "failed",
    message: "The database could not be reached.",
  });
  expect(gone.database).toEqual({ answered: 0, away: 1 });
});
