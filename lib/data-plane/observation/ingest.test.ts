import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createIdSource, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "#lib/testing/index.ts";
import { serverEntry, testDirectory } from "#lib/testing/log-stream-harness.ts";
import type { RawConsoleLine, RequestFact, UpstreamCallFact } from "./facts.ts";
import { createIngest } from "./ingest.ts";

const MAX = limits.logStream.messageBytesMax;
const LONG_SECRET = "k3y-".repeat(2_000);

function setUp() {
  const clock = fakeClock();
  const directory = testDirectory(serverEntry({ environment: { KEY: "value-of-KEY", LONG: LONG_SECRET } }));
  let seq = 0;
  const ingest = createIngest({
    directory,
    clock,
    ids: createIdSource(clock.nowMs),
    redactionKey: "test",
    nextPosition: () => ({ epoch: "epoch-1", seq: ++seq }),
  });
  const take = (over: Partial<RawConsoleLine> = {}) => {
    const fact = ingest.take({
      serverId: "srv_1",
      versionId: "ver_1",
      timestampMs: clock.nowMs(),
      method: "log",
      message: "hello",
      requestId: null,
      ...over,
    });
    if (!fact) throw new Error("the line was not taken");
    return fact;
  };
  return { clock, directory, ingest, take };
}

test("console.log has level info and keeps its method; the other methods are their own level [log.levels]", () => {
  const { take } = setUp();
  const levels = (["log", "info", "warn", "error", "debug"] as const).map((method) => {
    const fact = take({ method });
    return [fact.method, fact.level];
  });
  expect(levels).toEqual([
    ["log", "info"],
    ["info", "info"],
    ["warn", "warn"],
    ["error", "error"],
    ["debug", "debug"],
  ]);
  expect(take({ method: "trace" as never })).toMatchObject({ method: "log", level: "info" });
});

test("numbers count without a gap; ids sort as the lines came, also within a millisecond", () => {
  const { take, ingest } = setUp();
  expect(ingest.take({ ...take(), serverId: "srv_unknown" } as never)).toBeNull();
  const facts = Array.from({ length: 500 }, () => take());
  expect(facts.map((fact) => fact.seq)).toEqual(Array.from({ length: 500 }, (_, index) => index + 2));
  const ids = facts.map((fact) => fact.id);
  expect([...ids].sort()).toEqual(ids);
});

test("a line has its own time; none, an absurd or an impossible one becomes now", () => {
  const { take, clock } = setUp();
  const nowMs = clock.nowMs();
  const taken = (timestampMs: number): number => {
    const fact = take({ timestampMs });
    expect(timeOfUuid7(fact.id)).toBe(fact.timestampMs);
    return fact.timestampMs;
  };
  expect(taken(nowMs - 1_500)).toBe(nowMs - 1_500);
  for (const absurd of [0, -1, 1e18, Number.NaN, Number.POSITIVE_INFINITY, nowMs + 3_600_000, 86_400_000]) {
    expect(taken(absurd)).toBe(nowMs);
  }
});

test("10 KB of UTF-8 stay whole; more is cut between two code points, flagged, and says its size [log.message-10kb]", () => {
  const { take } = setUp();
  expect(take({ message: "x".repeat(MAX) })).toMatchObject({ truncated: false, bytes: MAX });
  const cut = take({ message: `${"x".repeat(MAX - 1)}€€` });
  expect(cut).toMatchObject({ truncated: true, bytes: MAX + 5, message: "x".repeat(MAX - 1) });
  fc.assert(
    fc.property(
      fc.constantFrom("a", "é", "€", "🎉"),
      fc.integer({ min: MAX / 5, max: 2 * MAX }),
      fc.string({ maxLength: 7 }),
      (character, count, start) => {
        const message = start + character.repeat(count);
        const fact = take({ message });
        expect(Buffer.byteLength(fact.message)).toBeLessThanOrEqual(MAX);
        expect(fact.message.isWellFormed()).toBe(true);
        expect(fact.bytes).toBe(Buffer.byteLength(message));
        expect(fact.truncated).toBe(fact.bytes > MAX);
      },
    ),
  );
});

test("a line that the runtime cut itself says how long it was", () => {
  const { take } = setUp();
  const line = { message: "x".repeat(MAX + 1), charactersBeforeCut: 5 * 1024 * 1024 };
  expect(take(line)).toMatchObject({ truncated: true, bytes: 5 * 1024 * 1024 });
});

test("a line of 5 MB costs little and keeps its first 10 KB", () => {
  const { take } = setUp();
  const fact = take({ message: "€".repeat(5_000_000 / 3) });
  expect(fact.truncated).toBe(true);
  expect(Buffer.byteLength(fact.message)).toBeGreaterThan(MAX - 3);
});

test("a secret is taken out also where the cut goes through it, however long it is", () => {
  const { take } = setUp();
  for (const secret of ["value-of-KEY", LONG_SECRET]) {
    for (const before of [0, MAX - 20, MAX - 8, MAX - 1, MAX + 10, MAX + 4_090]) {
      const { message } = take({ message: `${"x".repeat(before)}${secret}${"y".repeat(20_000)}` });
      expect(message).not.toContain(secret.slice(0, 8));
    }
  }
});

test("what cannot be stored is replaced: NUL and halves of surrogate pairs", () => {
  const { take } = setUp();
  expect(take({ message: "a\0b\ud83dc" }).message).toBe("a\u2400b\ufffdc");
});

test("a changed environment is redacted from the next line on", () => {
  const { take, directory } = setUp();
  expect(take({ message: "brand-new-value" }).message).toBe("brand-new-value");
  directory.put(serverEntry({ environment: { KEY: "brand-new-value" } }));
  expect(take({ message: "brand-new-value" }).message).toMatch(/^\[redacted:variable#/);
});

test("a request id that is none is left out", () => {
  const { take } = setUp();
  const uuid = "0199a7d0-1234-7abc-8def-001122334455";
  expect(take({ requestId: uuid }).requestId).toBe(uuid);
  for (const requestId of ["", "x", uuid.toUpperCase(), `${uuid}0`])
    expect(take({ requestId }).requestId).toBeNull();
});

test("what a server says in an error, and whom its code calls, is told and stored without secrets", () => {
  const { ingest } = setUp();
  const request = (error: string | null, serverId = "srv_1") =>
    ingest.cleanRequest({ serverId, error } as RequestFact).error;
  expect(request("cannot log in with value-of-KEY, sorry")).toMatch(
    /^cannot log in with \[redacted:variable#....\], sorry$/,
  );
  expect(request("password=hunter2hunter2", "srv_gone")).not.toContain("hunter2");
  expect(request(null)).toBeNull();
  const cut = `${"x".repeat(limits.requests.errorCharactersMax - 20)}${LONG_SECRET.slice(0, 20)}`;
  expect(request(cut), "the cut leaves no half of a secret").not.toContain("k3y-");

  const call = { serverId: "srv_1", url: "http://host/value-of-KEY/x", error: "no value-of-KEY" };
  const clean = ingest.cleanCall(call as UpstreamCallFact);
  expect(JSON.stringify(clean)).not.toContain("value-of-KEY");
  expect(clean?.url).toMatch(/^http:\/\/host\/\[redacted/);
});
