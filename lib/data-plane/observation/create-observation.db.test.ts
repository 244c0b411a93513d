import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource, encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { recordingLog, type TestDatabase, testDatabase } from "#lib/testing/index.ts";
import { serverEntry, testDirectory } from "#lib/testing/log-stream-harness.ts";
import { requestFact as madeFact } from "#lib/testing/request-fact.ts";
import { createObservation, type Observation, type ObservationOptions } from "./create-observation.ts";
import type { RawConsoleLine, RequestFact, UpstreamCallFact } from "./facts.ts";

const ids = createIdSource();
let store: TestDatabase;
let observation: Observation | undefined;
beforeAll(async () => {
  store = await testDatabase();
});
afterEach(() => observation?.close());
afterAll(() => store.close());

/** Two servers of two organizations; the second keeps no history. */
function observe(over: Partial<ObservationOptions> = {}) {
  const suffix = ids.secret(4);
  const keeping = serverEntry({ id: `srv_keeping_${suffix}`, environment: { KEY: "value-of-KEY" } });
  const forgetful = serverEntry({
    id: `srv_forgetful_${suffix}`,
    organizationId: "org_globex",
    slug: "other",
    retentionDays: 0,
  });
  observation = createObservation({
    database: store.database,
    directory: testDirectory(keeping, forgetful),
    clock: systemClock,
    ids,
    log: recordingLog(),
    region: "eu-1",
    node: "node-1",
    redactionKey: "test",
    ...over,
  });
  return { observation, keeping, forgetful };
}

const line = (serverId: string, message: string, over: Partial<RawConsoleLine> = {}): RawConsoleLine => ({
  serverId,
  versionId: null,
  timestampMs: Date.now(),
  method: "log",
  message,
  requestId: null,
  ...over,
});

const requestFact = (serverId: string, organizationId: string, retentionDays: number): RequestFact => {
  const id = ids.uuid();
  return madeFact({
    id,
    organizationId,
    serverId,
    era: "legacy",
    durationMs: 3,
    requestBytes: 1,
    responseBytes: 2,
    retentionDays,
  });
};

const storedMessages = async (serverId: string): Promise<string[]> => {
  const rows = await store.database.sql<{ message: string }[]>`
    select message from console_log where server_id = ${serverId} order by id`;
  return rows.map((row) => row.message);
};
const countOf = async (table: "request_log" | "request_rollup", serverId: string): Promise<number> => {
  const { sql } = store.database;
  const value = table === "request_log" ? sql`count(*)` : sql`coalesce(sum(calls), 0)`;
  const [row] = await sql<
    { n: string }[]
  >`select ${value} as n from ${sql(table)} where server_id = ${serverId}`;
  return Number(row?.n);
};

test("lines are stored as viewers see them, redacted, in order; a server with retention 0 stores none [log.retention-none]", async () => {
  const { observation, keeping, forgetful } = observe();
  const sent: string[] = [];
  observation.hub.attach(keeping.id, {
    bufferedBytes: () => 0,
    send: (frame) => sent.push(frame.toString()),
    close: () => undefined,
  });
  const requestId = ids.uuid();
  for (let n = 0; n < 250; n++)
    observation.sink.console(line(keeping.id, `line ${n} value-of-KEY`, { requestId }));
  for (let n = 0; n < 50; n++) observation.sink.console(line(forgetful.id, "only live"));
  observation.sink.console(line("srv_unknown", "nobody's"));
  await observation.flush();
  const messages = await storedMessages(keeping.id);
  expect(messages).toHaveLength(250);
  expect(messages[7]).toMatch(/^line 7 \[redacted:variable#[0-9a-f]{4}\]$/);
  expect(messages.map((message) => Number(message.split(" ")[1]))).toEqual(
    Array.from({ length: 250 }, (_, n) => n),
  );
  expect(await storedMessages(forgetful.id)).toEqual([]);
  expect(observation.hub.position(forgetful.id)).toMatchObject({ head: 50 });
  expect(observation.stats()).toMatchObject({ strays: 1, defects: 0 });
  await eventually(() => expect(sent.join("")).toContain("line 249"));
  expect(sent.join("")).not.toContain("value-of-KEY");
  expect(sent.join("")).toContain(encodeId("req", requestId));
});

test("requests are stored and counted; with retention 0 only counted", async () => {
  const { observation, keeping, forgetful } = observe();
  for (let n = 0; n < 30; n++) {
    observation.sink.request(requestFact(keeping.id, keeping.organizationId, 7));
    observation.sink.request(requestFact(forgetful.id, forgetful.organizationId, 0));
  }
  await observation.flush();
  expect(await countOf("request_log", keeping.id)).toBe(30);
  expect(await countOf("request_rollup", keeping.id)).toBe(30);
  expect(await countOf("request_log", forgetful.id)).toBe(0);
  expect(await countOf("request_rollup", forgetful.id)).toBe(30);
});

test("outbound calls are stored redacted, of servers that keep a history, and of no others", async () => {
  const { observation, keeping, forgetful } = observe();
  const call = (serverId: string, over: Partial<UpstreamCallFact> = {}): UpstreamCallFact => ({
    organizationId: "org_of_the_runtime",
    serverId,
    versionId: null,
    requestId: null,
    startedAtMs: Date.now(),
    method: "POST",
    url: "https://api.example.com/bot-value-of-KEY/send",
    httpStatus: 503,
    outcome: "ok",
    error: null,
    durationMs: 12,
    requestBytes: 3,
    responseBytes: 4,
    ...over,
  });
  const requestId = ids.uuid();
  observation.sink.upstreamCall?.(call(keeping.id, { requestId, outcome: "failed", error: "value-of-KEY" }));
  observation.sink.upstreamCall?.(call(keeping.id, { requestId: "nonsense" }));
  observation.sink.upstreamCall?.(call(forgetful.id));
  observation.sink.upstreamCall?.(call("srv_unknown"));
  await observation.flush();
  const rows = await store.database.sql<
    { organization_id: string; request_id: string; url: string; error: string; level: number }[]
  >`
    select organization_id, request_id, url, error, level from upstream_calls order by id`;
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ organization_id: keeping.organizationId, request_id: requestId, level: 3 });
  expect(rows[1]).toMatchObject({ request_id: null, error: null });
  for (const { url, error } of rows) expect(`${url} ${error}`).not.toContain("value-of-KEY");
  expect(observation.stats()).toMatchObject({ strays: 1, defects: 0, upstream: { writtenRows: 2 } });
});

test("whoever else is told of calls, as metrics and traces are, learns no secret of a server", async () => {
  const { observation, keeping } = observe();
  const told: object[] = [];
  observation.tell({ request: (fact) => told.push(fact), upstreamCall: (call) => told.push(call) });
  const said = { request: "value-of-KEY", response: null, requestBytes: 12, responseBytes: 0 };
  observation.sink.request({
    ...requestFact(keeping.id, keeping.organizationId, 7),
    outcome: "tool_error",
    error: "cannot log in with value-of-KEY",
    bodies: said,
  });
  observation.sink.upstreamCall?.({
    organizationId: keeping.organizationId,
    serverId: keeping.id,
    versionId: null,
    requestId: null,
    startedAtMs: Date.now(),
    method: "GET",
    url: "https://api.example.com/value-of-KEY",
    httpStatus: 200,
    outcome: "ok",
    error: null,
    durationMs: 1,
    requestBytes: 0,
    responseBytes: 0,
  });
  expect(told).toHaveLength(2);
  expect(JSON.stringify(told)).not.toContain("value-of-KEY");
  await observation.flush();
  const rows = await store.database.sql<{ error: string }[]>`
    select error from request_log where server_id = ${keeping.id}`;
  expect(rows.map(({ error }) => error)).toEqual([expect.stringMatching(/^cannot log in with \[redacted/)]);
});

test("bodies are stored with their row: redacted, cut on a code point, and only while the server records them", async () => {
  const directory = testDirectory();
  const { observation } = observe({ directory });
  const own = { id: `srv_recorded_${ids.secret(4)}`, environment: { KEY: "value-of-KEY" } };
  const connected = { upstreamHeaders: { "x-token": "value-of-the-header" } };
  directory.put(serverEntry({ ...own, ...connected, recordBodies: true }));
  const take = (bodies: RequestFact["bodies"] = null): string => {
    const fact = { ...requestFact(own.id, "org_acme", 7), bodies };
    observation.sink.request(fact);
    return fact.id;
  };
  const long = `{"a":"${"é".repeat(40_000)}"}`;
  const kept = take({
    request: '{"params":{"arguments":{"apiKey":"abc123","note":"value-of-KEY and value-of-the-header"}}}',
    response: long,
    requestBytes: 90,
    responseBytes: 80_008,
  });
  await observation.flush();
  directory.put(serverEntry({ ...own, recordBodies: false }));
  take({ request: "{}", response: null, requestBytes: 2, responseBytes: 0 });
  take();
  await observation.flush();
  const rows = await store.database.sql<
    { id: string; request: string; response: string; response_bytes: string }[]
  >`select * from request_bodies where server_id = ${own.id}`;
  expect(rows.map((row) => row.id)).toEqual([kept]);
  const [row] = rows;
  expect(row?.request).toMatch(
    /^\{"params":\{"arguments":\{"apiKey":"\[redacted:value#....\]","note":"\[redacted:variable#....\] and \[redacted:variable#....\]"/,
  );
  expect(Buffer.byteLength(row?.response ?? "")).toBeLessThanOrEqual(limits.requests.bodyBytesMax);
  expect(long.startsWith(row?.response ?? "x")).toBe(true);
  expect(row?.response_bytes).toBe("80008");
  expect(await countOf("request_log", own.id)).toBe(3);
});

test("while the store fails nobody waits and nothing is lost; when it is back everything is stored, once", async () => {
  const { observation, keeping } = observe({ writerBounds: { retryDelayMsMin: 20, retryDelayMsMax: 50 } });
  const { sql } = store.database;
  await sql`alter table console_log rename to console_log_away`;
  await sql`alter table request_rollup rename to request_rollup_away`;
  for (let n = 0; n < 40; n++) {
    observation.sink.console(line(keeping.id, `line ${n}`));
    observation.sink.request(requestFact(keeping.id, keeping.organizationId, 7));
  }
  await eventually(() => {
    const { console: lines, requests } = observation.stats();
    expect([lines.isFailing, requests.isFailing]).toEqual([true, true]);
  });
  expect(await countOf("request_log", keeping.id)).toBe(0);
  await sql`alter table console_log_away rename to console_log`;
  await sql`alter table request_rollup_away rename to request_rollup`;
  await observation.flush();
  expect(await storedMessages(keeping.id)).toHaveLength(40);
  expect(await countOf("request_log", keeping.id)).toBe(40);
  expect(await countOf("request_rollup", keeping.id)).toBe(40);
});

test("what is shed is counted exactly, and the server's own stream and its history say so, once", async () => {
  const { observation, keeping } = observe({
    writerBounds: {
      queueRowsMax: 100,
      batchRowsMax: 10,
      retryDelayMsMin: 20,
      retryDelayMsMax: 20,
      noticeMs: 50,
    },
  });
  const { sql } = store.database;
  const sent: string[] = [];
  observation.hub.attach(keeping.id, {
    bufferedBytes: () => 0,
    send: (frame) => sent.push(frame.toString()),
    close: () => undefined,
  });
  await sql`alter table console_log rename to console_log_away`;
  for (let n = 0; n < 60; n++) observation.sink.console(line(keeping.id, `debug ${n}`, { method: "debug" }));
  await eventually(() => expect(observation.stats().console.isFailing).toBe(true));
  for (let n = 0; n < 90; n++) observation.sink.console(line(keeping.id, `error ${n}`, { method: "error" }));
  const shed = observation.stats().console.lostRows;
  expect(shed.debug).toBeGreaterThan(0);
  expect(shed).toMatchObject({ info: 0, warn: 0, error: 0 });
  await eventually(() => expect(observation.hub.position(keeping.id)?.head).toBe(151));
  await eventually(() => expect(sent.join("")).toContain("[mcpstack]"));
  await sql`alter table console_log_away rename to console_log`;
  await observation.flush();
  const notices = sent.join("").match(/\[mcpstack\][^"]*/g);
  expect(notices).toEqual([
    `[mcpstack] Not stored, because the database could not keep up: ${shed.debug} console lines.`,
  ]);
  await eventually(async () => expect(await storedMessages(keeping.id)).toContain(notices?.[0]));
  const messages = await storedMessages(keeping.id);
  expect(messages.filter((message) => message.startsWith("[mcpstack]"))).toHaveLength(1);
  expect(messages.filter((message) => message.startsWith("error"))).toHaveLength(90);
  const lost = observation.stats().console.lostRows.debug;
  expect(messages.filter((message) => message.startsWith("debug")).length + lost).toBe(60);
});

test("the sink never throws, whatever it is given; later facts are stored", async () => {
  const { observation, keeping } = observe();
  const broken = [
    { ...line(keeping.id, "x"), message: undefined },
    { ...line(keeping.id, "x"), timestampMs: "yesterday" },
    { ...line(keeping.id, "x"), requestId: 7 },
  ] as unknown as RawConsoleLine[];
  for (const bad of broken) observation.sink.console(bad);
  observation.sink.console(null as unknown as RawConsoleLine);
  observation.sink.request({ ...requestFact(keeping.id, "org_acme", 7), id: "no uuid" });
  observation.sink.request(null as unknown as RequestFact);
  observation.sink.request(requestFact(keeping.id, "org_acme", 7));
  observation.sink.console(line(keeping.id, "after"));
  await observation.flush();
  expect((await storedMessages(keeping.id)).at(-1)).toBe("after");
  expect(await countOf("request_log", keeping.id)).toBe(1);
  expect(observation.stats().defects).toBeGreaterThan(0);
});

test("closing stores what waits", async () => {
  const { observation, keeping } = observe();
  for (let n = 0; n < 5; n++) observation.sink.console(line(keeping.id, `last ${n}`));
  await observation.close();
  expect(await storedMessages(keeping.id)).toHaveLength(5);
});
