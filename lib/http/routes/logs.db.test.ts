import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundles, savedViews, servers, serverVersions } from "#drizzle/schema/index.ts";
import type {
  ConsoleContext,
  ConsoleLogPage,
  LogTimeline,
  RequestDetail,
  SavedView,
} from "#lib/contract/index.ts";
import { timelineOf } from "#lib/contract/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import {
  type ConsoleFact,
  type RequestFact,
  type UpstreamFact,
  writeConsoleFacts,
  writeRequestFacts,
  writeUpstreamFacts,
} from "#lib/domain/requests/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { storableText } from "#lib/kernel/text.ts";
import { HOSTILE_LINES } from "#lib/testing/hostile-lines.ts";
import {
  bearer,
  type Credentials,
  createTenants,
  signedIn,
  type Tenants,
  type TestDatabase,
  type TestOrganization,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { routes } from "./index.ts";

/** Thirty calls, one every ten seconds an hour ago; each writes ten lines, every other one calls an upstream. */
const CALLS = 30;
const LINES_PER_CALL = 10;
/** Two lines of call 15 were shed. */
const SHED = [155, 156];
const SILENT_CALL = CALLS;
const SESSION = "0123456789abcdef";
const base = "/organizations/acme/mcp-servers/support-api";
let store: TestDatabase;
let tenants: Tenants;
let system: System;
let api: ReturnType<typeof testApi>;
let token: Credentials;
let startMs: number;
const callIds: string[] = [];
let orphanId: string;
let theirRequest: string;

beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
  system = testSystem({ database: store.database });
  api = testApi(system, routes, { requestsPerActorMax: 1e9, requestsPerAddressMax: 1e9 });
  token = await bearer(system, tenants.acme, ["logs:read"]);
  startMs = system.clock.nowMs() - 3_600_000;
  await fill(tenants.acme, "support-api");
  const theirs = await fill(tenants.globex, "theirs");
  theirRequest = encodeId("req", theirs[0] ?? "");
});
afterAll(() => store.close());

const callMs = (index: number): number => startMs + index * 10_000;
const lineMs = (seq: number): number =>
  callMs(Math.floor((seq - 1) / LINES_PER_CALL)) + (((seq - 1) % LINES_PER_CALL) + 1) * 40;
const uuidOf = (index: number): string => callIds[index] ?? "";
const wireId = (index: number): string => encodeId("req", uuidOf(index));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function makeServer(
  organization: TestOrganization,
  slug: string,
): Promise<{ id: string; versionId: string }> {
  const { db } = store.database;
  const organizationId = organization.id;
  const id = system.ids.id("srv");
  const versionId = system.ids.id("ver");
  await db
    .insert(servers)
    .values({ id, organizationId, slug, name: slug, kind: "hosted", status: "active", retentionDays: 7 });
  await db
    .insert(bundles)
    .values({ organizationId, sha256: id, mainModule: "index.js", modules: new Uint8Array(1), bytes: 1 });
  await db
    .insert(serverVersions)
    .values({ organizationId, id: versionId, serverId: id, semver: "1.2.3", sha256: id });
  return { id, versionId };
}

const consoleFact = (
  over: Pick<ConsoleFact, "organizationId" | "serverId" | "seq" | "timestampMs"> & Partial<ConsoleFact>,
): ConsoleFact => ({
  id: system.ids.uuid(over.timestampMs),
  versionId: null,
  requestId: null,
  epoch: "epoch-1",
  level: over.seq % 10 === 0 ? "error" : "info",
  method: over.seq % 10 === 0 ? "error" : "log",
  message: `line ${over.seq}`,
  truncated: false,
  bytes: 10,
  retentionDays: 7,
  ...over,
});

async function fill(organization: TestOrganization, slug: string): Promise<string[]> {
  const { ids } = system;
  const { id: serverId, versionId } = await makeServer(organization, slug);
  const common = { organizationId: organization.id, serverId, versionId, retentionDays: 7 };
  const calls = range(0, CALLS).map((index) => ids.uuid(callMs(index)));
  const orphan = ids.uuid(callMs(CALLS) + 1_000);
  if (slug === "support-api") {
    callIds.push(...calls);
    orphanId = encodeId("req", orphan);
  }
  const isSilent = (index: number) => index === SILENT_CALL;
  await writeRequestFacts(store.database, {
    region: "eu-1",
    node: "node-1",
    facts: calls.map(
      (uuid, index): RequestFact =>
        requestFact({
          ...common,
          id: uuid,
          outcome: isSilent(index) ? "timeout" : index === 3 ? "tool_error" : "ok",
          sessionHash: index < 5 ? SESSION : null,
          httpStatus: isSilent(index) ? 504 : 200,
          durationMs: isSilent(index) ? 120_000 : 500,
          requestBytes: 10,
          responseBytes: 20,
          bodies:
            index === 2
              ? { request: '{"id":1}', response: '{"result":{}}', requestBytes: 8, responseBytes: 13 }
              : null,
        }),
    ),
  });
  const seqs = range(1, CALLS * LINES_PER_CALL).filter((seq) => !SHED.includes(seq));
  await writeConsoleFacts(store.database, [
    ...seqs.map((seq) =>
      consoleFact({
        ...common,
        seq,
        timestampMs: lineMs(seq),
        requestId: calls[Math.floor((seq - 1) / LINES_PER_CALL)] ?? null,
        message: seq === 42 ? "100%_sure \\o/" : `${slug} ${seq}`,
      }),
    ),
    consoleFact({ ...common, seq: 301, timestampMs: callMs(CALLS) + 2_000, requestId: orphan }),
    consoleFact({
      ...common,
      seq: 302,
      timestampMs: callMs(CALLS) + 3_000,
      level: "error",
      message: "the process died",
    }),
    ...HOSTILE_LINES.map(({ text }, index) =>
      consoleFact({
        ...common,
        epoch: "hostile",
        seq: index + 1,
        timestampMs: startMs - 60_000,
        message: storableText(text),
      }),
    ),
  ]);
  const upstream = (index: number, requestId: string): UpstreamFact => ({
    ...common,
    id: ids.uuid(callMs(index) + 50),
    requestId,
    method: "GET",
    url: "https://api.example.com/tickets",
    httpStatus: 503,
    outcome: "ok",
    error: null,
    durationMs: 100,
    requestBytes: 1,
    responseBytes: 2,
  });
  await writeUpstreamFacts(store.database, [
    ...calls.flatMap((uuid, index) => (index % 2 === 0 && !isSilent(index) ? [upstream(index, uuid)] : [])),
    upstream(CALLS, orphan),
  ]);
  return calls;
}

const get = <Body>(path: string, query: Record<string, string> = {}, as: Credentials = token) =>
  api.call<Body>("GET", path, { as, query });

describe("the history of console lines", () => {
  const list = async (query: Record<string, string> = {}) =>
    (await get<ConsoleLogPage>(`${base}/logs/console`, query)).body;
  const epoch = { epoch: "epoch-1" };
  const shown = (page: ConsoleLogPage) => page.data.map(({ seq }) => seq);
  const stored = CALLS * LINES_PER_CALL - SHED.length + 2 + HOSTILE_LINES.length;

  test("has pages, newest first, exact at any depth and pinned to a moment", async () => {
    const first = await list({ pageSize: "50" });
    expect(first).toMatchObject({ page: 1, total: stored, totalIsCapped: false, search: null });
    expect(shown(first).slice(0, 3)).toEqual([302, 301, 300]);
    const third = await list({ pageSize: "50", page: "3", asOf: first.asOf });
    expect(shown(third)[0]).toBe(202);
    expect((await list({ page: "1000000000" })).data).toEqual([]);
  });

  test("a cursor leads through every line once", async () => {
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: ConsoleLogPage = await list({ pageSize: "70", ...(cursor && { cursor }) });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(stored);
    expect(new Set(seen).size).toBe(stored);
  });

  test("is filtered by level, request, session, version, epoch and numbers", async () => {
    const seqs = async (query: Record<string, string>) =>
      shown(await list({ pageSize: "200", ...epoch, ...query }));
    expect(await seqs({ level: "error" })).toEqual([302, ...range(1, 30).map((index) => 310 - index * 10)]);
    expect(await seqs({ requestId: wireId(1) })).toEqual(range(11, 20).reverse());
    expect(await seqs({ session: SESSION })).toEqual(range(1, 50).reverse());
    expect(await seqs({ seqFrom: "150", seqTo: "160" })).toEqual([
      160, 159, 158, 157, 154, 153, 152, 151, 150,
    ]);
    expect(await seqs({ version: "1.2.3", to: new Date(callMs(1)).toISOString() })).toEqual(
      range(1, 10).reverse(),
    );
    expect(await seqs({ version: "9.9.9" })).toEqual([]);
  });

  test("text is found as it is written, wildcards and all, and the search says how far it came", async () => {
    const found = await list({ q: "100%_SURE \\O" });
    expect(found.data.map(({ message }) => message)).toEqual(["100%_sure \\o/"]);
    expect(found.search).toMatchObject({ isComplete: true });
    expect((await list({ q: "1%e" })).data).toEqual([]);
  });

  test("hostile lines come back as they were stored, as JSON text", async () => {
    const page = await list({ epoch: "hostile", pageSize: "200" });
    expect(page.data).toHaveLength(HOSTILE_LINES.length);
  });
});

describe("a line in its context", () => {
  const around = async (line: string, before = "2", after = "2") =>
    (await get<ConsoleContext>(`${base}/logs/console/context`, { line, before, after })).body;
  const seqs = ({ data }: ConsoleContext) => data.map(({ seq }) => seq);

  test("is the line between its neighbours, oldest first, whatever they are", async () => {
    const context = await around(`epoch-1.100.${lineMs(100)}`);
    expect(seqs(context)).toEqual([98, 99, 100, 101, 102]);
    expect(context.target).toBe(2);
    expect(await around(`epoch-1.302.${callMs(CALLS) + 3_000}`, "0", "50")).toMatchObject({
      target: 0,
      data: [{ seq: 302 }],
    });
  });

  test("a line that is not stored is said to be missing, among what is around its time", async () => {
    const shed = await around(`epoch-1.155.${lineMs(155)}`);
    expect(shed.target).toBeNull();
    expect(seqs(shed)).toEqual([153, 154, 157, 158]);
    expect(await around(`other.100.${lineMs(100)}`)).toMatchObject({ target: null });
    expect(await around("epoch-1.1.999999999999999")).toMatchObject({ target: null });
  });
});

describe("one timeline of three sources", () => {
  const timeline = async (query: Record<string, string>) =>
    (await get<LogTimeline>(`${base}/logs/timeline`, query)).body;
  const sources = ({ entries }: LogTimeline) => entries.map(({ source }) => source);
  const seqs = ({ entries }: LogTimeline) =>
    entries.flatMap((entry) => (entry.source === "runtime" ? [entry.line.seq] : []));

  test("of a request: its rows, lines and upstream calls in the order of time", async () => {
    const seen = await timeline({ requestId: wireId(2) });
    expect(sources(seen)).toEqual([
      "gateway",
      "runtime",
      "upstream",
      ...Array.from({ length: 9 }, () => "runtime"),
    ]);
    expect(seqs(seen)).toEqual(range(21, 30));
    expect(seen).toMatchObject({ capped: [], gaps: [] });
    const times = seen.entries.map(({ at }) => at);
    expect([...times].sort()).toEqual(times);
  });

  test("lines that were shed are a gap with their number", async () => {
    const { gaps } = await timeline({ requestId: wireId(15) });
    expect(gaps).toMatchObject([{ kind: "lines_missing", requestId: null }]);
    expect(gaps[0]?.message).toContain("2 lines are missing");
  });

  test("of a session: what its calls left and nothing else", async () => {
    const seen = await timeline({ session: SESSION });
    expect(seqs(seen)).toEqual(range(1, 50));
    expect(sources(seen).filter((source) => source === "gateway")).toHaveLength(5);
    expect(sources(seen).filter((source) => source === "upstream")).toHaveLength(3);
  });

  test("of a window: with a margin on both sides, so that nothing at the edge is lost", async () => {
    const window = {
      from: new Date(callMs(10) + 5_000).toISOString(),
      to: new Date(callMs(11) - 4_000).toISOString(),
    };
    expect(seqs(await timeline({ ...window, marginMs: "0" }))).toEqual([]);
    expect(seqs(await timeline(window))).toEqual([...range(101, 110), ...range(111, 120)]);
  });

  test("the runtime logged and the gateway did not; the gateway called and the runtime was silent", async () => {
    const seen = await timeline({
      from: new Date(callMs(CALLS - 1)).toISOString(),
      to: new Date(callMs(CALLS) + 10_000).toISOString(),
    });
    expect(seen.gaps.map(({ kind, requestId }) => [kind, requestId])).toEqual([
      ["gateway_without_runtime", wireId(SILENT_CALL)],
      ["runtime_without_gateway", orphanId],
    ]);
    expect(seen.gaps[1]?.message).toContain("wrote 1 line and made 1 upstream call");
    const ofSilent = await timeline({ requestId: wireId(SILENT_CALL) });
    expect(seqs(ofSilent), "the last words of a runtime name no request").toEqual([302]);
  });

  test("a request of which nothing is stored is not found; an incomplete question says what is missing", async () => {
    const status = async (query: Record<string, string>) =>
      (await get(`${base}/logs/timeline`, query)).status;
    expect(await status({ requestId: encodeId("req", system.ids.uuid()) })).toBe(404);
    expect(await status({ requestId: theirRequest })).toBe(404);
    for (const query of [{}, { from: new Date(startMs).toISOString() }, { requestId: "nonsense" }])
      expect(await status(query as Record<string, string>)).toBe(400);
  });

  test("more than is shown is said for the source it is true of", async () => {
    const organizationId = tenants.acme.id;
    const { id: serverId } = await makeServer(tenants.acme, "chatty");
    await writeConsoleFacts(
      store.database,
      range(1, limits.requests.timelineEntriesMax + 1).map((seq) =>
        consoleFact({ organizationId, serverId, seq, timestampMs: startMs + seq }),
      ),
    );
    const window = { from: new Date(startMs).toISOString(), to: new Date(startMs + 10_000).toISOString() };
    const { body } = await get<LogTimeline>("/organizations/acme/mcp-servers/chatty/logs/timeline", window);
    expect(body.entries).toHaveLength(limits.requests.timelineEntriesMax);
    expect(body).toMatchObject({ capped: ["runtime"], gaps: [] });
  });

  test("what happened just now is no gap yet", async () => {
    const organizationId = tenants.acme.id;
    const { id: serverId } = await makeServer(tenants.acme, "running");
    const nowMs = system.clock.nowMs();
    await writeConsoleFacts(
      store.database,
      [1, 5].map((seq) =>
        consoleFact({
          organizationId,
          serverId,
          seq,
          timestampMs: nowMs - 1_000,
          requestId: system.ids.uuid(nowMs - 2_000),
        }),
      ),
    );
    const window = { from: new Date(nowMs - 10_000).toISOString(), to: new Date(nowMs).toISOString() };
    const { body } = await get<LogTimeline>("/organizations/acme/mcp-servers/running/logs/timeline", window);
    expect(body.entries).toHaveLength(2);
    expect(body.gaps).toEqual([]);
  });
});

test("a request comes with its upstream calls, what was said, what it costs and what is missing", async () => {
  const detailOf = async (index: number) =>
    (await get<RequestDetail>(`/organizations/acme/requests/${wireId(index)}`)).body;
  const detail = await detailOf(2);
  expect(detail.upstream).toMatchObject([
    { level: "error", httpStatus: 503, version: "1.2.3", requestId: wireId(2) },
  ]);
  expect(detail.bodies).toEqual([
    {
      id: detail.rows[0]?.id,
      request: '{"id":1}',
      response: '{"result":{}}',
      requestBytes: 8,
      responseBytes: 13,
    },
  ]);
  expect(detail.billability).toMatchObject([{ id: detail.rows[0]?.id, isBillable: true }]);
  expect(detail).toMatchObject({ gaps: [], linesAreCapped: false, upstreamIsCapped: false });
  expect(timelineOf(detail)).toMatchObject({ durationMs: 500, upstreamMs: 100, lastHop: "upstream" });
  expect((await detailOf(15)).gaps).toMatchObject([{ kind: "lines_missing" }]);
  const silent = await detailOf(SILENT_CALL);
  expect(silent.gaps).toMatchObject([{ kind: "gateway_without_runtime" }]);
  expect(silent.billability[0]).toMatchObject({ isBillable: false });
});

describe("saved views", () => {
  const views = `${base}/saved-views`;
  const create = (as: Credentials, body: object) => api.call<SavedView>("POST", views, { as, body });
  const names = async (as: Credentials) =>
    (await get<SavedView[]>(views, {}, as)).body.map(({ name }) => name);

  test("are their maker's own, or shared; a name is taken once per person", async () => {
    const [viewer, developer, admin] = await Promise.all(
      (["viewer", "developer", "admin"] as const).map((role) => signedIn(tenants.acme, role)),
    );
    const mine = await create(viewer as Credentials, { name: " Mine ", query: "level=error" });
    expect(mine).toMatchObject({
      status: 201,
      body: { name: "Mine", isMine: true, isShared: false, log: "requests" },
    });
    expect((await create(viewer as Credentials, { name: "mINE", query: "" })).status).toBe(409);
    expect((await create(viewer as Credentials, { name: "Mine", log: "console", query: "" })).status).toBe(
      201,
    );
    const shared = await create(developer as Credentials, { name: "Mine", query: "tool=a", isShared: true });
    expect(shared.status).toBe(201);
    expect(await names(viewer as Credentials)).toEqual(["Mine", "Mine", "Mine"]);
    const seenBy = async (as: Credentials | undefined) => (await get<SavedView[]>(views, {}, as)).body.at(-1);
    expect(await names(admin as Credentials)).toEqual(["Mine"]);
    expect(await seenBy(admin)).toMatchObject({ isMine: false, mayDelete: true });
    expect(await seenBy(developer)).toMatchObject({ isMine: true, mayDelete: true });
    expect(await seenBy(viewer)).toMatchObject({ isMine: false, mayDelete: false });
    const remove = (as: Credentials | undefined, id: string) =>
      api.call("DELETE", `${views}/${id}`, as ? { as } : {});
    expect((await remove(viewer, shared.body.id)).status).toBe(403);
    expect((await remove(developer, mine.body.id)).status).toBe(404);
    expect((await remove(viewer, mine.body.id)).status).toBe(204);
    expect((await remove(admin, shared.body.id)).status, "people leave, and admins tidy up").toBe(204);
    expect((await create(viewer as Credentials, { name: "Mine", query: "colour=red" })).status).toBe(400);
  });

  test("have a bound per server", async () => {
    const { id: serverId } = await makeServer(tenants.acme, "well-viewed");
    const kept = range(1, limits.requests.savedViewsPerServerMax - 1).map((index) => ({
      organizationId: tenants.acme.id,
      id: system.ids.id("view"),
      serverId,
      log: "requests",
      name: `View ${index}`,
      query: "",
      createdBy: "system:test",
    }));
    await store.database.db.insert(savedViews).values(kept);
    const owner = await signedIn(tenants.acme, "owner");
    const create = (name: string) =>
      api.call("POST", "/organizations/acme/mcp-servers/well-viewed/saved-views", {
        as: owner,
        body: { name, query: "" },
      });
    expect(await create("the last one")).toMatchObject({ status: 201 });
    expect(await create("one too many")).toMatchObject({ status: 409, body: { code: "limit_reached" } });
  });
});

describe("bad input", () => {
  const HOSTILE = [
    "\0",
    "\ud800",
    "'; drop table console_log; --",
    "%",
    "_",
    "\\",
    "../../etc/passwd",
    "<script>",
    "-1",
    "1e309",
    "NaN",
    "9".repeat(400),
    "x".repeat(3_000),
    "\u202e",
    "{}",
    "[]",
    "null",
    "0",
    "",
  ];
  const QUERIES: Readonly<Record<string, readonly string[]>> = {
    "logs/console": [
      "page",
      "pageSize",
      "cursor",
      "asOf",
      "level",
      "requestId",
      "session",
      "version",
      "q",
      "from",
      "to",
      "epoch",
      "seqFrom",
      "seqTo",
      "environment",
      "nonsense",
    ],
    "logs/console/context": ["line", "before", "after"],
    "logs/timeline": ["requestId", "session", "from", "to", "marginMs"],
  };

  test.each(Object.keys(QUERIES))("%s answers 200, 400 or 404 to anything", async (path) => {
    for (const name of QUERIES[path] ?? []) {
      await Promise.all(
        HOSTILE.map(async (value) => {
          const { status, body } = await get(`${base}/${path}`, { [name]: value });
          const shown = `${name}=${JSON.stringify(value.slice(0, 40))}: ${JSON.stringify(body)}`;
          expect([200, 400, 404], shown).toContain(status);
        }),
      );
    }
  });

  test.each([
    ["a window of ten years", "logs/console", { from: "2016-01-01T00:00:00Z", to: "2036-01-01T00:00:00Z" }],
    [
      "a window that ends before it begins",
      "logs/console",
      { from: "2036-01-01T00:00:00Z", to: "2016-01-01T00:00:00Z" },
    ],
    [
      "the first and the last date",
      "logs/timeline",
      { from: "0000-01-01T00:00:00Z", to: "9999-12-31T23:59:59Z" },
    ],
    ["a timeline backwards", "logs/timeline", { from: "9999-12-31T23:59:59Z", to: "0000-01-01T00:00:00Z" }],
    ["a place before time", "logs/console/context", { line: "e.0.0" }],
    ["a place after time", "logs/console/context", { line: "e.999999999999999.999999999999999" }],
    ["the last page", "logs/console", { page: "1000000000", level: "error", epoch: "x" }],
  ])("%s is an answer", async (_name, path, query) => {
    const { status } = await get(`${base}/${path}`, query as unknown as Record<string, string>);
    expect([200, 400]).toContain(status);
  });

  test("cursors that were tampered with are refused by name", async () => {
    const { body } = await get<ConsoleLogPage>(`${base}/logs/console`, { pageSize: "1" });
    const cursor = body.nextCursor ?? "";
    for (const tampered of [`${cursor}A`, cursor.slice(1), cursor.replace(/^./, "*"), `${cursor}=`]) {
      const answer = await get<{ errors: { code: string }[] }>(`${base}/logs/console`, { cursor: tampered });
      expect(answer).toMatchObject({
        status: 400,
        body: { errors: [{ path: "cursor", code: "invalid_cursor" }] },
      });
    }
  });

  test("another organization's server is a missing one", async () => {
    for (const path of [...Object.keys(QUERIES), "saved-views"])
      for (const server of ["theirs", "no-such-server"]) {
        const query: Record<string, string> = path.endsWith("context") ? { line: "e.1.1" } : {};
        const { status } = await get(`/organizations/acme/mcp-servers/${server}/${path}`, query);
        expect([path, server, status]).toEqual([path, server, 404]);
      }
    expect((await get(`/organizations/acme/requests/${theirRequest}`)).status).toBe(404);
  });
});
