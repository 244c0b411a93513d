import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { edgeNodes, servers } from "#drizzle/schema/index.ts";
import { Evidence } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { collected, type DiagnosisFixture, diagnosisFixture } from "#lib/testing/diagnosis-fixture.ts";

const MINUTE_MS = 60_000;
/** In the window before the default one. */
const BEFORE_MS = 45 * MINUTE_MS;
let own: DiagnosisFixture;

beforeAll(async () => {
  own = await diagnosisFixture();
});
afterAll(() => own.store.close());

test("callers are counted by outcome and door, in the window and before it; our own checks are no callers", async () => {
  const { id } = await own.server();
  await own.write([
    own.fact(id),
    own.fact(id, { method: "tools/list", tool: null }),
    own.fact(id, { outcome: "tool_error", gatewayId: "gw_1" }),
    own.fact(id, { outcome: "auth_denied", kind: "invalid", method: null, tool: null, gatewayId: "gw_1" }),
    own.fact(id, { versionId: "ver_of_an_old_url" }),
    own.fact(id, { source: "smoke" }),
    own.fact(id, { source: "dashboard" }),
    own.fact(id, { kind: "notification", method: "notifications/initialized", tool: null }),
    own.fact(id, { durationMs: 900 }, BEFORE_MS),
  ]);
  const { now, before } = collected((await own.evidence({ server: id })).logs.counts);
  expect(now).toMatchObject({
    lists: 1,
    listsOk: 1,
    calls: 3,
    callsOk: 2,
    byOutcome: { auth_denied: 1, ok: 3, tool_error: 1 },
    p95Ms: 12,
    byDoor: { direct: 2, pinned: 1, gateway: 2 },
  });
  expect(before).toMatchObject({ calls: 1, p95Ms: 900 });
});

test("a server that keeps no history is counted all the same; a window older than the history says so", async () => {
  const kept = await own.server();
  const none = await own.server();
  await own.store.database.db.update(servers).set({ retentionDays: 0 }).where(eq(servers.id, none.id));
  await own.write([own.fact(none.id, { retentionDays: 0 }, 0)]);
  const evidence = await own.evidence({ server: none.id });
  expect(collected(evidence.logs.counts).now).toMatchObject({ calls: 1, callsOk: 1 });
  const at = new Date(own.clock.nowMs() - 20 * 24 * 60 * MINUTE_MS).toISOString();
  const old = await own.evidence({ server: kept.id, at });
  for (const section of [old.logs.counts, old.logs.errors, old.gateway.reach, old.usage.comparisons])
    expect(section).toMatchObject({
      status: "missing",
      reason: "failed",
      message: expect.stringContaining("7 days"),
    });
});

test("errors that differ in numbers, ids and quotes are one group, told with how often they came before", async () => {
  const { id } = await own.server();
  const failing = (error: string, agoMs?: number) => own.fact(id, { outcome: "tool_error", error }, agoMs);
  await own.write([
    failing('No ticket 17 of "Ann" (req_01m7y7de1meb59q6nakjntjn6h)'),
    failing('No ticket 4,711 of "Bob" (req_01m7y7de1meb59q6nakjntjn6z)'),
    failing('No ticket 3 of "" (req_01m7y7de1meb59q6nakjntjn6a)', BEFORE_MS),
    failing("Something else"),
    failing("Over now", BEFORE_MS),
  ]);
  const { groups, groupsTotal } = collected((await own.evidence({ server: id })).logs.errors);
  expect(groups.map(({ count, countBefore }) => [count, countBefore])).toEqual([
    [2, 1],
    [1, 0],
  ]);
  expect(groups[0]?.message).toContain("4,711");
  expect(groups[0]?.requestIds).toHaveLength(3);
  expect(groupsTotal).toBe(2);
});

test("ten thousand groups of errors end in the most frequent ones and their number", async () => {
  const { id } = await own.server();
  const fact = own.fact(id, { outcome: "tool_error", error: "Trouble often" });
  await own.write([fact, own.fact(id, { outcome: "tool_error", error: "Trouble often" })]);
  // Copies of a written row, each with an id and with words of its own.
  await own.store.database.sql`
    insert into request_log (organization_id, id, server_id, request_id, level, outcome, kind, method, tool, source,
      region, node, http_status, error, duration_ms, request_bytes, response_bytes)
    select r.organization_id, (left(r.id::text, 24) || lpad(to_hex(n), 12, '0'))::uuid, r.server_id, r.request_id,
      r.level, r.outcome, r.kind, r.method, r.tool, r.source, r.region, r.node, r.http_status,
      'Trouble ' || translate(n::text, '0123456789', 'abcdefghij'), r.duration_ms, r.request_bytes, r.response_bytes
    from request_log r, generate_series(1, 10000) n
    where r.organization_id = ${own.tenants.acme.id} and r.id = ${fact.id}`;
  const { groups, groupsTotal, isSampled } = collected((await own.evidence({ server: id })).logs.errors);
  expect(groups).toHaveLength(limits.incidents.errorGroupsMax);
  expect(groups[0]).toMatchObject({ message: "Trouble often", count: 2 });
  expect([groupsTotal, isSampled]).toEqual([10_001, false]);
});

test("a failing call is told with the last hop that provably saw it", async () => {
  const { id } = await own.server("hosted");
  const denied = own.fact(id, { outcome: "grant_denied" });
  const silent = own.fact(id, { outcome: "timeout", error: "No answer in time." });
  const wrote = own.fact(id, { outcome: "timeout" });
  const reached = own.fact(id, { outcome: "tool_error", error: "HTTP 403 from the ticket system" });
  await own.write([denied, silent, wrote, reached]);
  await own.line(id, { requestId: wrote.requestId });
  await own.outbound(id, { requestId: reached.requestId, httpStatus: 403, durationMs: 80 });
  const evidence = await own.evidence({ server: id });
  expect(
    collected(evidence.logs.failing).map(({ outcome, lastHop, upstreamMs }) => [
      outcome,
      lastHop,
      upstreamMs,
    ]),
  ).toEqual([
    ["tool_error", "upstream", 80],
    ["timeout", "runtime", null],
    ["timeout", "gateway", null],
    ["grant_denied", "gateway", null],
  ]);
  // Three were passed on, two left something behind.
  expect(collected(evidence.logs.console)).toMatchObject({ lines: 1, errors: 0, forwarded: 3, traced: 2 });
  expect(collected(evidence.logs.upstream)).toMatchObject([
    { host: "api.example.com", calls: 1, byAnswer: { 403: 1 }, callsBefore: 0, p95Ms: 80 },
  ]);
  expect(collected(evidence.logs.hops).now).toMatchObject({ totalP95Ms: 12, upstreamP95Ms: 80 });
});

test("what a connected server answered is read from what its callers were told", async () => {
  const { id } = await own.server();
  const failed = (error: string) => own.fact(id, { outcome: "upstream_error", error });
  await own.write([
    own.fact(id),
    failed("The server behind this URL refused our request with HTTP 401: it wants credentials."),
    failed("The server answered with HTTP 503."),
    failed("The upstream server refused the connection. Try again."),
    failed("The upstream server closed the connection before its answer was complete."),
    own.fact(id, { outcome: "timeout" }),
    own.fact(id, { outcome: "rate_limited" }),
    own.fact(id, {}, BEFORE_MS),
  ]);
  const evidence = await own.evidence({ server: id });
  expect(collected(evidence.logs.upstream)).toMatchObject([
    {
      calls: 6,
      byAnswer: { "2xx": 1, 401: 1, "5xx": 1, refused: 1, failed: 1, timeout: 1 },
      byAnswerBefore: { "2xx": 1 },
    },
  ]);
  expect(evidence.logs.console).toMatchObject({ status: "missing", reason: "not_applicable" });
});

test("the log pipeline is as fresh as the edges' newest proof of it", async () => {
  const canary = (agoMs: number, state: "ok" | "lost" = "ok") => ({
    at: new Date(own.clock.nowMs() - agoMs).toISOString(),
    state,
    viewerLagMs: 4,
    storeLagMs: 90,
    sent: 5,
    missing: 0,
    duplicated: 0,
    reordered: 0,
    problem: null,
  });
  const node = (name: string, found: unknown) => ({
    node: name,
    region: "eu",
    version: "1",
    controlAddress: "unix:/x",
    ownUrl: "http://127.0.0.1:1",
    heartbeatAt: new Date(own.clock.nowMs()),
    canary: found,
  });
  await own.store.database.db
    .insert(edgeNodes)
    .values([
      node("a", canary(1_000)),
      node("b", canary(limits.canary.staleMs + 1)),
      node("c", canary(1_000, "lost")),
      node("d", null),
      node("e", { nonsense: true }),
    ]);
  const { id } = await own.server();
  expect(collected((await own.evidence({ server: id })).logs.pipeline).map(({ state }) => state)).toEqual([
    "fresh",
    "stale",
    "lost",
    "unknown",
    "unknown",
  ]);
});

test("hostile text is cut and kept as text, and the evidence stays what the contract says", async () => {
  const { id } = await own.server("hosted");
  const hostile = `<script>alert(1)</script>\u202e\u0007${"x".repeat(5_000)}`;
  const call = own.fact(id, {
    outcome: "tool_error",
    error: hostile.slice(0, 1_000),
    tool: hostile.slice(0, 200),
    clientName: hostile.slice(0, 200),
  });
  await own.write([call]);
  await own.line(id, { requestId: call.requestId, level: "error", message: hostile });
  const evidence = await own.evidence({ server: id, tool: hostile.slice(0, 200) });
  expect(Evidence.safeParse(evidence).error).toBeUndefined();
  const [line] = collected(evidence.logs.console).errorLines;
  expect(line?.message.length).toBeLessThanOrEqual(limits.incidents.textCharactersMax);
  expect(collected(evidence.logs.errors).groups[0]?.message.length).toBeLessThanOrEqual(
    limits.incidents.errorGroupTextCharactersMax,
  );
});
