import { expect, test, vi } from "vitest";
import type { Scope } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import { recordingLog } from "#lib/testing/recording-log.ts";
import type { Ctx, Log } from "../../access/index.ts";
import type { Question } from "../question.ts";
import { createCollection, NotCollected } from "./section.ts";

const ctxWith = (log: Log, scopes: readonly Scope[] = ["logs:read"]) =>
  ({
    clock: fakeClock(),
    log,
    organization: { id: "org_1", slug: "acme" },
    scopes: new Set(scopes),
  }) as unknown as Ctx;
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

test("who may see incidents sees no call, log line or money that the scopes do not hold; nothing is read for it", async () => {
  const log = recordingLog();
  const { section } = createCollection(ctxWith(log, ["incidents:read"]), {} as Question);
  const read = vi.fn(async () => "secret");
  for (const part of [
    "logs.failing",
    "logs.errors",
    "gateway.decisions",
    "gateway.reach",
    "billing.balance",
  ] as const)
    expect(await section(part, read)).toMatchObject({ status: "missing", reason: "not_allowed" });
  expect(read).not.toHaveBeenCalled();
  expect(await section("hosting.caps", read)).toMatchObject({ status: "collected" });
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

test("reads take turns, and none begins once nobody waits for it", async () => {
  let [running, most, begun] = [0, 0, 0];
  const done = Promise.withResolvers<void>();
  const begin = async (_level: string, body: (sql: unknown) => Promise<unknown>) => {
    running += 1;
    begun += 1;
    most = Math.max(most, running);
    await done.promise;
    running -= 1;
    return body(async () => []);
  };
  const clock = fakeClock();
  const ctx = { ...ctxWith(recordingLog()), clock, database: { sql: { begin } } } as unknown as Ctx;
  const { read } = createCollection(ctx, {} as Question, 1_000);
  const atOnceMax = limits.incidents.readsAtOnceMax;
  const reads = Array.from({ length: 2 * atOnceMax }, () => read(async () => 1));
  const ended = Promise.allSettled(reads);
  expect(begun).toBe(atOnceMax);
  clock.advance(1_000);
  done.resolve();
  const late = (await ended).filter(({ status }) => status === "rejected");
  expect([most, begun, late.length]).toEqual([atOnceMax, atOnceMax, atOnceMax]);
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
