import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CreateLogDrain, DrainRecord, StoredLog } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import {
  type ConsoleFact,
  type RequestFact,
  writeConsoleFacts,
  writeRequestFacts,
} from "#lib/domain/requests/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createPublicFetch } from "#lib/http/public-fetch.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  createTenants,
  type FakeClock,
  fakeClock,
  fakeRuntime,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { type LogSink, OtlpLogs, type SinkAnswer, startLogSink } from "#lib/testing/log-sink.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { drainProgress, loadServedDrains } from "./drain-progress.ts";
import { newMemory, type TurnEnd, takeTurn } from "./drain-turn.ts";
import {
  createLogDrain,
  getLogDrain,
  listDeadLetters,
  retryDeadLetter,
  runLogDrains,
  testLogDrain,
} from "./index.ts";

const clock: FakeClock = fakeClock(Date.parse("2026-03-10T12:34:56.789Z"));
const ids = createIdSource(() => clock.nowMs());
const { seal, unseal } = createSealedBox(new Uint8Array(32).fill(7));
let store: TestDatabase;
let tenants: Tenants;
let system: System;
let serverId: string;
let quietServerId: string;
let foreignServerId: string;
const sinks: LogSink[] = [];
const drains: string[] = [];
let made = 0;

beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 8 });
  tenants = await createTenants(store.database);
  system = testSystem({
    database: store.database,
    clock,
    doors: {
      runtime: fakeRuntime(),
      seal,
      unseal,
      publicFetch: createPublicFetch({ ownOrigin: "http://127.0.0.1:3000", allowPrivate: true }),
    },
  });
  serverId = (await createServer(ctx(), { kind: "hosted", name: "Support", slug: "support" })).id;
  quietServerId = (await createServer(ctx(), { kind: "hosted", name: "Quiet", slug: "quiet" })).id;
  const theirs = testCtx(system, tenants.globex, "owner");
  foreignServerId = (await createServer(theirs, { kind: "hosted", name: "Theirs", slug: "theirs" })).id;
});
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
  // A drain of an earlier test would take turns in a later one, and be one of the most that there may be.
  const made = drains.splice(0);
  await store.database
    .sql`update log_drains set is_enabled = false, deleted_at = now() where id = any(${made}::text[])`;
});
afterAll(() => store.close());

const ctx = () => testCtx(system, tenants.acme, "admin");

async function sinkOf(...answers: Parameters<typeof startLogSink>): Promise<LogSink> {
  const sink = await startLogSink(...answers);
  sinks.push(sink);
  return sink;
}

async function drainTo(sink: Pick<LogSink, "url">, over: Partial<CreateLogDrain> = {}): Promise<string> {
  made += 1;
  const drain = await createLogDrain(ctx(), {
    name: `Drain ${made}`,
    kind: "http_ndjson",
    url: sink.url,
    logs: ["console"],
    ...over,
  });
  drains.push(drain.id);
  return drain.id;
}

function line(message: string, over: Partial<ConsoleFact> = {}): ConsoleFact {
  const timestampMs = over.timestampMs ?? clock.nowMs();
  return {
    id: ids.uuid(timestampMs),
    organizationId: tenants.acme.id,
    serverId,
    versionId: null,
    requestId: null,
    epoch: "e1",
    seq: 1,
    timestampMs,
    level: "info",
    method: "log",
    message,
    truncated: false,
    bytes: message.length,
    retentionDays: 7,
    ...over,
  };
}
/** Ids are in order within a millisecond only up to some thousand of them: each batch has its own. */
const writeLines = (texts: readonly string[], over: Partial<ConsoleFact> = {}) => {
  clock.advance(1);
  return writeConsoleFacts(
    store.database,
    texts.map((message) => line(message, over)),
  );
};

function call(over: Partial<RequestFact> = {}): RequestFact {
  const id = ids.uuid(clock.nowMs());
  return requestFact({
    id,
    organizationId: tenants.acme.id,
    serverId,
    outcome: "tool_error",
    tool: "refund",
    clientName: "cursor",
    error: "No such order",
    durationMs: 12.5,
    traceId: "0af7651916cd43dd8448eb211c80319c",
    ...over,
  });
}

/** One process that delivers: it remembers between turns, and `restart` makes it forget. */
function worker(drainId: string, progress = drainProgress(system)) {
  let memory = newMemory();
  return {
    restart: () => {
      memory = newMemory();
    },
    async turn(): Promise<TurnEnd> {
      const drain = (await loadServedDrains(store.database.sql)).find(({ id }) => id === drainId);
      if (!drain) throw new Error("the drain is not enabled");
      return takeTurn({ system, progress, drain, memory, signal: new AbortController().signal });
    },
    /** Turns until `isDone`; transactions of other tests in the same cluster may hold rows back for a moment. */
    async until(isDone: () => boolean): Promise<void> {
      let turns = 0;
      const step = async (): Promise<boolean> => {
        if (isDone()) return true;
        // What failed in the turn before is due again.
        if (turns++ > 0) clock.advance(limits.drains.retryDelayMsMax);
        await this.turn();
        return isDone();
      };
      await eventually(async () => expect(await step()).toBe(true));
    },
  };
}

const messages = (records: readonly DrainRecord[]): string[] =>
  records.flatMap((record) => (record.log === "console" ? [record.message] : []));
const numbered = (count: number, prefix = "line"): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
/** The first time each message came: deliveries repeat, first ones are in order. */
const firsts = (all: readonly string[]): string[] => [...new Set(all)];

test("what is stored after the drain was made arrives in its order, once, while nothing goes wrong", async () => {
  const sink = await sinkOf();
  const drain = await drainTo(sink, { headers: { authorization: "Bearer s3cret" } });
  const expected = numbered(2_500);
  for (let start = 0; start < expected.length; start += 100)
    await writeLines(expected.slice(start, start + 100));
  await writeConsoleFacts(store.database, [
    line("not ours", { organizationId: tenants.globex.id, serverId: foreignServerId }),
  ]);
  const ours = worker(drain);
  await ours.until(() => sink.records().length >= expected.length);
  expect(messages(sink.records())).toEqual(expected);
  expect(sink.received.every(({ headers }) => headers.authorization === "Bearer s3cret")).toBe(true);
  expect(sink.received[0]?.headers["content-type"]).toBe("application/x-ndjson");
  const [first] = sink.records();
  expect(first).toMatchObject({ log: "console", server: "support", serverId, level: "info" });
  expect(await getLogDrain(ctx(), { drain })).toMatchObject({
    state: "ok",
    deliveredRows: expected.length,
    deadRows: 0,
    headerNames: ["authorization"],
  });
});

test("a worker that dies between a delivery and writing it down sends the batch again, and loses nothing", async () => {
  const sink = await sinkOf();
  const drain = await drainTo(sink);
  await writeLines(numbered(30));
  const dying = worker(drain, {
    ...drainProgress(system),
    delivered: () => Promise.reject(new Error("killed")),
  });
  await eventually(async () =>
    expect(await dying.turn().catch((error: Error) => error.message)).toBe("killed"),
  );
  await worker(drain).until(() => sink.records().length >= 60);
  expect(firsts(messages(sink.records()))).toEqual(numbered(30));
});

test("a line of an old call that is stored late is delivered, and so is one whose transaction ended last", async () => {
  const sink = await sinkOf();
  const drain = await drainTo(sink);
  const ours = worker(drain);
  await writeLines(["now"]);
  await ours.until(() => sink.records().length === 1);
  await writeLines(["two days late"], { timestampMs: clock.nowMs() - 2 * 86_400_000 });
  await ours.until(() => sink.records().length === 2);
  let commit = () => {};
  const open = new Promise<void>((resolve) => {
    commit = resolve;
  });
  let begun = () => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const slow = store.database.sql.begin(async (sql) => {
    // Of another server: the writers of one take turns in its counts.
    await writeConsoleFacts({ ...store.database, sql } as unknown as System["database"], [
      line("began first", { serverId: quietServerId }),
    ]);
    begun();
    await open;
  });
  await isBegun;
  await writeLines(["ended first"]);
  await ours.turn();
  expect(messages(sink.records())).toEqual(["now", "two days late"]);
  commit();
  await slow;
  await ours.until(() => sink.records().length === 4);
  expect(messages(sink.records())).toEqual(["now", "two days late", "began first", "ended first"]);
});

test("errors, resets, early closes and refusals for now are tried again until the sink takes it", async () => {
  const bad: readonly SinkAnswer[] = [
    { status: 500 },
    "reset",
    "early",
    { status: 429, headers: { "retry-after": "120" } },
    { status: 401, body: "who are you?" },
    { status: 302, headers: { location: "http://127.0.0.1:1/" } },
  ];
  const sink = await sinkOf((index) => bad[index] ?? { status: 200 });
  const drain = await drainTo(sink);
  await writeLines(numbered(50));
  const ours = worker(drain);
  const errors: string[] = [];
  await ours.until(() => sink.received.length > 0);
  for (let turn = 0; turn < 6; turn++) {
    const { lastError, nextAttemptAt, state } = await getLogDrain(ctx(), { drain });
    expect(state).toBe("failing");
    errors.push(lastError ?? "");
    if (turn === 3)
      expect(Date.parse(nextAttemptAt ?? "")).toBe(clock.nowMs() - limits.drains.retryDelayMsMax + 120_000);
    await ours.turn();
    clock.advance(limits.drains.retryDelayMsMax);
  }
  await ours.until(() => sink.records().length === 50);
  expect(messages(sink.records())).toEqual(numbered(50));
  expect(errors[0]).toContain("500");
  expect(errors[4]).toContain("401: who are you?");
  expect(errors[5]).toContain("redirects are not followed");
  expect(await getLogDrain(ctx(), { drain })).toMatchObject({
    failuresInRow: 0,
    deadRows: 0,
    deliveredRows: 50,
  });
});

test("what the sink refuses for good becomes a dead letter that can be sent again; the rest goes on", async () => {
  const sink = await sinkOf((_index, body) => ({
    status: body.includes("poison") ? 400 : 200,
    body: "bad field",
  }));
  const drain = await drainTo(sink);
  const ours = worker(drain);
  await writeLines(["poison"]);
  await ours.until(() => sink.received.length === 1);
  await writeLines(["good"]);
  await ours.until(() => sink.records().length === 1);
  const [letter, ...others] = await listDeadLetters(ctx(), { drain });
  expect(others).toEqual([]);
  expect(letter).toMatchObject({ log: "console", rows: 1, reason: "The sink answered 400: bad field" });
  expect(await getLogDrain(ctx(), { drain })).toMatchObject({ deadRows: 1, deliveredRows: 1, state: "ok" });
  const again = { drain, letter: letter?.id ?? "" };
  expect(await retryDeadLetter(ctx(), again)).toMatchObject({ isAccepted: false, httpStatus: 400, rows: 1 });
  sink.answer = () => ({ status: 200 });
  expect(await retryDeadLetter(ctx(), again)).toMatchObject({ isAccepted: true, rows: 1 });
  expect(messages(sink.records())).toEqual(["good", "poison"]);
  expect(await listDeadLetters(ctx(), { drain })).toEqual([]);
  expect(await getLogDrain(ctx(), { drain })).toMatchObject({ deadRows: 0, deliveredRows: 2 });
  await expect(retryDeadLetter(ctx(), again)).rejects.toMatchObject({ code: "not_found" });
});

test("after the last attempt the rows are dead letters and the next ones follow", async () => {
  const sink = await sinkOf(() => ({ status: 503 }));
  const drain = await drainTo(sink);
  await writeLines(["first"]);
  const ours = worker(drain);
  await ours.until(() => sink.received.length === limits.drains.attemptsMax);
  const [letter] = await listDeadLetters(ctx(), { drain });
  expect(letter?.reason).toBe(`Tried ${limits.drains.attemptsMax} times. The sink answered 503.`);
  sink.answer = () => ({ status: 200 });
  await writeLines(["second"]);
  await ours.until(() => sink.records().length === 1);
  expect(messages(sink.records())).toEqual(["second"]);
});

test("attempts are counted from the last delivery that succeeded, also within one turn", async () => {
  const sink = await sinkOf((index) => ({ status: index === limits.drains.attemptsMax - 1 ? 204 : 503 }));
  const drain = await drainTo(sink);
  const rows = limits.drains.batchRowsMax + 1;
  await writeLines(numbered(rows));
  const ours = worker(drain);
  // One attempt before the last, the sink takes a batch; then it is overwhelmed by the next one.
  await ours.until(() => sink.received.length > limits.drains.attemptsMax);
  expect(await listDeadLetters(ctx(), { drain })).toEqual([]);
  expect(await getLogDrain(ctx(), { drain })).toMatchObject({ deliveredRows: rows - 1, deadRows: 0 });
  sink.answer = () => ({ status: 204 });
  await ours.until(() => sink.records().length === rows);
});

test("a sink that fails now and then holds up no log, however much waits in another one", async () => {
  const sink = await sinkOf((index) => ({ status: index % 3 === 2 ? 503 : 204 }));
  const drain = await drainTo(sink, { logs: ["requests", "console"] });
  const ofEach = 4 * limits.drains.batchRowsMax;
  for (let rows = 0; rows < ofEach; rows += limits.drains.batchRowsMax) {
    const facts = Array.from({ length: limits.drains.batchRowsMax }, () => call());
    await writeRequestFacts(store.database, { region: "r", node: "n", facts });
    await writeLines(numbered(limits.drains.batchRowsMax));
  }
  const taken = () => Map.groupBy(sink.records(), ({ log }) => log);
  const counts = () => ["requests", "console"].map((log) => taken().get(log as StoredLog)?.length ?? 0);
  const ours = worker(drain);
  await ours.until(() => counts().some((rows) => rows === ofEach));
  expect(Math.min(...counts())).toBeGreaterThan(0);
  await ours.until(() => counts().every((rows) => rows === ofEach));
});

test("a batch that is too large is split; one row that is too large alone is a dead letter", async () => {
  const sink = await sinkOf((_index, body) => ({
    status: body.split("\n").length > 11 || body.includes("whale") ? 413 : 200,
  }));
  const drain = await drainTo(sink);
  const expected = [...numbered(40, "before"), "whale", ...numbered(40, "after")];
  await writeLines(expected);
  await worker(drain).until(() => sink.records().length === 80);
  expect(messages(sink.records())).toEqual(expected.filter((message) => message !== "whale"));
  expect(await listDeadLetters(ctx(), { drain })).toMatchObject([{ rows: 1 }]);
});

test("a filter by server, log and level sends no more than what it names", async () => {
  const sink = await sinkOf();
  const other = (await createServer(ctx(), { kind: "hosted", name: "Other", slug: `other-${made}` })).id;
  const drain = await drainTo(sink, {
    logs: ["requests", "console"],
    serverIds: [serverId],
    levelMin: "warn",
  });
  await writeLines(["too quiet"], { level: "info" });
  await writeLines(["loud"], { level: "error", method: "error" });
  await writeLines(["elsewhere"], { level: "error", serverId: other });
  await writeRequestFacts(store.database, {
    region: "r",
    node: "n",
    facts: [call(), call({ outcome: "ok", error: null })],
  });
  await worker(drain).until(() => sink.records().length === 2);
  const records = sink.records();
  expect(messages(records)).toEqual(["loud"]);
  expect(records.find(({ log }) => log === "requests")).toMatchObject({
    server: "support",
    tool: "refund",
    outcome: "tool_error",
    traceId: "0af7651916cd43dd8448eb211c80319c",
  });
});

test("OTLP deliveries are valid, carry severity, service and trace, and count what a collector did not take", async () => {
  const partial = { partialSuccess: { rejectedLogRecords: "1", errorMessage: "too old" } };
  const sink = await sinkOf(() => ({ status: 200, body: JSON.stringify(partial) }));
  const drain = await drainTo(sink, { kind: "otlp_http", logs: ["requests", "console"] });
  await writeLines(["debugging"], { level: "debug", method: "debug" });
  await writeLines(["half of \u202e it \u001b[31m"], { level: "warn", method: "warn" });
  await writeRequestFacts(store.database, { region: "r", node: "n", facts: [call()] });
  await worker(drain).until(() => sink.received.length === 2);
  expect(sink.received.every(({ headers }) => headers["content-type"] === "application/json")).toBe(true);
  const batches = sink.received.flatMap(({ body }) => OtlpLogs.parse(JSON.parse(body)).resourceLogs);
  for (const { resource } of batches)
    expect(resource.attributes).toContainEqual({ key: "service.name", value: { stringValue: "support" } });
  const found = batches.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
  expect(found.map(({ severityNumber, severityText }) => [severityNumber, severityText])).toEqual(
    expect.arrayContaining([
      [5, "DEBUG"],
      [13, "WARN"],
      [17, "ERROR"],
    ]),
  );
  const request = found.find(({ traceId }) => traceId !== undefined);
  expect(request).toMatchObject({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    body: { stringValue: "tools/call refund tool_error No such order" },
    timeUnixNano: `${clock.nowMs()}000000`.length === 19 ? expect.stringMatching(/^\d{13}000000$/) : "",
  });
  expect(request?.attributes).toContainEqual({ key: "mcpstack.httpStatus", value: { intValue: "200" } });
  expect(request?.attributes).toContainEqual({
    key: "mcpstack.client.name",
    value: { stringValue: "cursor" },
  });
  const seen = await getLogDrain(ctx(), { drain });
  expect(seen).toMatchObject({ deliveredRows: 1, deadRows: 2, failuresInRow: 0 });
  expect(seen.lastError).toContain("too old");
});

test("a place ahead of the database, after a restore, begins again at now and says so", async () => {
  const sink = await sinkOf();
  const drain = await drainTo(sink);
  await store.database.sql`update log_drain_cursors set written_tx = 9000000000000 where drain_id = ${drain}`;
  const ours = worker(drain);
  await ours.turn();
  await writeLines(["after the restore"]);
  await ours.until(() => sink.records().length > 0);
  expect(messages(sink.records()).at(-1)).toBe("after the restore");
  expect((await getLogDrain(ctx(), { drain })).lastError).toContain("restored from a backup");
});

test("two processes that serve one drain never move its place back", async () => {
  const sink = await sinkOf();
  const drain = await drainTo(sink);
  const [one, two] = [worker(drain), worker(drain)];
  await writeLines(numbered(20));
  await one.until(() => sink.records().length >= 20);
  await Promise.all([one.turn(), two.turn()]);
  await writeLines(numbered(20, "more"));
  await Promise.all([one.turn(), two.turn()]);
  await one.until(() => messages(sink.records()).includes("more 19"));
  const count = sink.records().length;
  await Promise.all([one.turn(), two.turn()]);
  expect(sink.records().length).toBe(count);
  expect(firsts(messages(sink.records()))).toEqual([...numbered(20), ...numbered(20, "more")]);
});

test("a test line says what the sink answered; a private address is refused unless the operator opens it", async () => {
  const sink = await sinkOf();
  const drain = await drainTo(sink);
  expect(await testLogDrain(ctx(), { drain })).toMatchObject({ isAccepted: true, httpStatus: 204 });
  expect(messages(sink.records())).toEqual([
    "This is a test of a log drain. Lines of your servers look like this one.",
  ]);
  const closed = createPublicFetch({ ownOrigin: "http://127.0.0.1:3000" });
  const guarded = { ...ctx(), doors: { ...system.doors, publicFetch: closed } };
  for (const url of [
    sink.url,
    "http://169.254.169.254/latest",
    "http://[::1]:8099/",
    "http://localhost:8099/",
  ]) {
    const private_ = await drainTo({ url });
    const result = await testLogDrain(guarded, { drain: private_ });
    expect(result).toMatchObject({ isAccepted: false, httpStatus: null });
    expect(result.message).toMatch(/not reachable from here/);
  }
  expect(sink.received).toHaveLength(1);
});

test("sinks that hang hold up no other drain, and the process stops at once", async () => {
  const hanging = await sinkOf(() => "hang");
  const good = await sinkOf();
  for (let index = 0; index < 8; index++) await drainTo(hanging);
  await drainTo(good);
  await writeLines(["hello"]);
  const stopping = new AbortController();
  const running = runLogDrains({ ...system, clock: systemClock }, stopping.signal);
  await eventually(() => expect(messages(good.records())).toEqual(["hello"]));
  expect(hanging.received.length).toBeGreaterThan(0);
  stopping.abort();
  await running;
});

test("rows that are gone are not waited for, and a letter about them leaves the list", async () => {
  const sink = await sinkOf(() => ({ status: 400 }));
  const drain = await drainTo(sink);
  await writeLines(["short-lived"]);
  await worker(drain).until(() => sink.received.length === 1);
  await store.database.sql`delete from console_log where id < ${uuid7Floor(clock.nowMs() + 86_400_000)}`;
  const [letter] = await listDeadLetters(ctx(), { drain });
  expect(await retryDeadLetter(ctx(), { drain, letter: letter?.id ?? "" })).toMatchObject({
    isAccepted: false,
    rows: 0,
  });
  expect(await listDeadLetters(ctx(), { drain })).toEqual([]);
});
