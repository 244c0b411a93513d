import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agents, servers, spendRollup } from "#drizzle/schema/index.ts";
import { OUTCOMES, USAGE_DIMENSIONS, type UsageQueryInput } from "#lib/contract/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { type RequestFact, writeRequestFacts } from "../requests/index.ts";
import { getUsage } from "./index.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.parse("2026-03-10T12:34:56.789Z");
const clock = fakeClock(NOW_MS);
const ids = createIdSource(() => NOW_MS);
let store: TestDatabase;
let tenants: Tenants;
let facts: RequestFact[];
const srv = { support: ids.id("srv"), gone: ids.id("srv"), globex: ids.id("srv") };
const agt = { bot: ids.id("agt"), globex: ids.id("agt") };

const TOOLS = ["search", "refund", "lookup", null] as const;
const CLIENTS = ["claude", "cursor", null] as const;
const SOURCES = ["agent", "external", "smoke"] as const;

beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 6 });
  tenants = await createTenants(store.database);
  const { acme, globex } = tenants;
  const server = (id: string, organizationId: string, slug: string, deletedAt: Date | null = null) => ({
    id,
    organizationId,
    slug,
    name: slug.toUpperCase(),
    kind: "hosted" as const,
    deletedAt,
  });
  await store.database.db
    .insert(servers)
    .values([
      server(srv.support, acme.id, "support"),
      server(srv.gone, acme.id, "gone", new Date(NOW_MS)),
      server(srv.globex, globex.id, "theirs"),
    ]);
  await store.database.db.insert(agents).values([
    { id: agt.bot, organizationId: acme.id, name: "Bot" },
    { id: agt.globex, organizationId: globex.id, name: "Their bot" },
  ]);
  // Deterministic, and no two dimensions in step.
  facts = Array.from({ length: 400 }, (_, n) => {
    const id = ids.uuid(NOW_MS - ((n * 37) % 96) * HOUR_MS - (n % 50) * 60_000 - 1);
    return requestFact({
      id,
      organizationId: n % 11 === 0 ? globex.id : acme.id,
      serverId: n % 11 === 0 ? srv.globex : n % 3 === 0 ? srv.gone : srv.support,
      tool: TOOLS[n % 4] ?? null,
      clientName: CLIENTS[n % 5] ?? null,
      source: SOURCES[n % 7] ?? "external",
      agentId: n % 6 === 0 ? agt.bot : null,
      outcome: OUTCOMES[(n * 7) % 16] ?? "ok",
      durationMs: (n * 13) % 900,
      responseBytes: n * 10,
      retentionDays: n % 2 === 0 ? 0 : 7,
      ...(n % 9 === 0 && { method: "tools/list", tool: null }),
    });
  });
  const place = { region: "eu-1", node: "n1" };
  await writeRequestFacts(store.database, { facts: facts.slice(0, 250), ...place });
  await writeRequestFacts(store.database, { facts: facts.slice(200), ...place, region: "us-1" });
  await store.database.db
    .insert(spendRollup)
    .values([
      spend(acme.id, NOW_MS - HOUR_MS, 9_007_199_254_740_993n),
      spend(acme.id, NOW_MS - 30 * HOUR_MS, 7n),
      { ...spend(acme.id, NOW_MS - HOUR_MS, 50n), serverId: srv.support, tool: "search", outcome: "ok" },
      spend(globex.id, NOW_MS - HOUR_MS, 1_000n),
    ]);
});
afterAll(() => store.close());

/** What an agent reported: no server, tool and outcome. */
const spend = (organizationId: string, atMs: number, amountMicros: bigint) => ({
  organizationId,
  hour: new Date(Math.floor(atMs / HOUR_MS) * HOUR_MS),
  serverId: "",
  tool: "",
  agentId: agt.bot,
  client: "",
  source: "agent",
  region: "",
  outcome: "",
  events: 1,
  amountMicros,
});

const usage = (input: UsageQueryInput, organization = tenants.acme) =>
  getUsage(testCtx(testSystem({ database: store.database, clock }), organization, "viewer"), input);

const hourOf = (id: string): number =>
  Math.floor(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) / HOUR_MS) * HOUR_MS;
/** The tool calls of an organization in whole hours, counted the simple way. */
const called = (organizationId: string, fromMs: number, toMs: number) =>
  facts.filter(
    (fact) =>
      fact.organizationId === organizationId &&
      fact.method === "tools/call" &&
      hourOf(fact.id) >= fromMs &&
      hourOf(fact.id) < toMs,
  );
const NEXT_HOUR = Date.parse("2026-03-10T13:00:00Z");

const keyOf: Record<(typeof USAGE_DIMENSIONS)[number], (fact: RequestFact) => string> = {
  server: (fact) => fact.serverId,
  tool: (fact) => fact.tool ?? "",
  agent: (fact) => fact.agentId ?? "",
  client: (fact) => fact.clientName ?? "",
  source: (fact) => fact.source,
  region: (fact) => (facts.indexOf(fact) < 250 ? "eu-1" : "us-1"),
  outcome: (fact) => fact.outcome,
};

describe.each(USAGE_DIMENSIONS)("by %s", (by) => {
  test("groups are what the calls say, in both windows, and sum to the totals; also of servers without history", async () => {
    const report = await usage({ by });
    const now = called(tenants.acme.id, NEXT_HOUR - DAY_MS, NEXT_HOUR);
    const before = called(tenants.acme.id, NEXT_HOUR - 2 * DAY_MS, NEXT_HOUR - DAY_MS);
    expect(now.length).toBeGreaterThan(20);
    expect(report.totals.calls).toBe(now.length);
    expect(report.totalsBefore?.calls).toBe(before.length);
    expect(report.totals.errors).toBe(now.filter(({ outcome }) => outcome !== "ok").length);
    expect(report.totals.responseBytes).toBe(now.reduce((sum, fact) => sum + fact.responseBytes, 0));
    expect(report.totals.responseBytesMax).toBe(Math.max(...now.map((fact) => fact.responseBytes)));
    expect(report.totals.spentMicros).toBe("9007199254741043");
    expect(report.totalsBefore?.spentMicros).toBe("7");
    const counted = (list: RequestFact[], key: string) =>
      list.filter((fact) => keyOf[by](fact) === key).length;
    for (const group of report.groups) {
      expect([group.key, group.now.calls, group.before?.calls]).toEqual([
        group.key,
        counted(now, group.key),
        counted(before, group.key),
      ]);
      expect(group.callsChange).toBe(group.now.calls - (group.before?.calls ?? 0));
    }
    const sum = (read: (group: (typeof report.groups)[number]) => number) =>
      report.groups.reduce((total, group) => total + read(group), 0);
    expect(sum((group) => group.now.calls)).toBe(report.totals.calls);
    expect(sum((group) => group.before?.calls ?? 0)).toBe(report.totalsBefore?.calls);
    expect(report.groups.reduce((total, group) => total + BigInt(group.now.spentMicros), 0n).toString()).toBe(
      report.totals.spentMicros,
    );
    const changes = report.groups.map((group) => Math.abs(group.callsChange ?? 0));
    expect(changes).toEqual(changes.toSorted((left, right) => right - left));
    expect(report.series.reduce((total, span) => total + span.calls, 0)).toBe(report.totals.calls);
    expect(report.series.reduce((total, span) => total + BigInt(span.spentMicros), 0n).toString()).toBe(
      report.totals.spentMicros,
    );
  });
});

test("a filter holds for calls and costs alike; one organization never sees another's", async () => {
  const report = await usage({ by: "tool", server: "support", compare: "none" });
  const own = called(tenants.acme.id, NEXT_HOUR - DAY_MS, NEXT_HOUR).filter(
    ({ serverId }) => serverId === srv.support,
  );
  expect(report.totals.calls).toBe(own.length);
  expect(report.totals.spentMicros).toBe("50");
  expect([report.compared, report.totalsBefore, report.groups[0]?.before]).toEqual([null, null, null]);
  const theirs = await usage({ by: "server" }, tenants.globex);
  expect(theirs.groups.map(({ key }) => key).toSorted()).toEqual(["", srv.globex].toSorted());
  expect(theirs.totals.spentMicros).toBe("1000");
  const none = await usage({ by: "server", agent: "none", client: "none" });
  expect(none.totals.calls).toBe(
    called(tenants.acme.id, NEXT_HOUR - DAY_MS, NEXT_HOUR).filter(
      ({ agentId, clientName }) => agentId === null && clientName === null,
    ).length,
  );
});

test("servers and agents have their names, deleted ones too", async () => {
  const labels = async (by: "server" | "agent") =>
    Object.fromEntries((await usage({ by })).groups.map(({ key, label }) => [key, label]));
  expect(await labels("server")).toEqual({
    [srv.support]: "SUPPORT",
    [srv.gone]: "GONE (deleted)",
    "": "No server (reported costs)",
  });
  expect(await labels("agent")).toEqual({ [agt.bot]: "Bot", "": "No agent" });
  expect((await usage({ by: "tool", server: srv.gone })).totals.calls).toBeGreaterThan(0);
});

test.each([
  [{ from: "2026-03-10T12:00:00Z", to: "2026-03-10T11:00:00Z" }, "reversed"],
  [{ from: "2026-03-10T12:00:00Z", to: "2026-03-10T12:00:00Z" }, "reversed"],
  [{ from: "2027-01-01T00:00:00Z" }, "in_future"],
  [{ from: "2027-01-01T00:00:00Z", to: "2027-02-01T00:00:00Z" }, "in_future"],
  [{ from: "2016-03-10T12:00:00Z" }, "too_long"],
  [{ from: "yesterday" }, "invalid_format"],
  [{ by: "colour" }, "invalid_value"],
  [{ source: "martian" }, "invalid_value"],
  [{ compare: "year" }, "invalid_value"],
])("refuses %j with the reason %s", async (input, code) => {
  await expect(usage(input as UsageQueryInput)).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ code }],
  });
});

test("a server or an agent of another organization is not found, as one that does not exist", async () => {
  for (const input of [
    { server: srv.globex },
    { server: "theirs" },
    { server: "nothing" },
    { agent: agt.globex },
    { agent: "Their bot" },
    { agent: ids.id("agt") },
  ]) {
    await expect(usage(input)).rejects.toMatchObject({ code: "not_found" });
  }
});

test("a window ends with the hour under way, and says up to when it is complete", async () => {
  const report = await usage({ from: "2026-03-10T11:20:00Z", to: "2026-04-01T00:00:00Z" });
  expect(report.window).toEqual({ from: "2026-03-10T11:00:00.000Z", to: "2026-03-10T13:00:00.000Z" });
  expect(report.compared).toEqual({ from: "2026-03-10T09:00:00.000Z", to: "2026-03-10T11:00:00.000Z" });
  expect(report.completeTo).toBe(new Date(NOW_MS - limits.money.usageWatermarkMs).toISOString());
  const past = await usage({ from: "2026-03-08T00:00:00Z", to: "2026-03-09T00:00:00Z", compare: "week" });
  expect(past.completeTo).toBe("2026-03-09T00:00:00.000Z");
  expect(past.compared).toEqual({ from: "2026-03-01T00:00:00.000Z", to: "2026-03-02T00:00:00.000Z" });
  const year = await usage({ from: "2025-03-12T00:00:00Z" });
  expect(year.spanMinutes).toBe(7 * 24 * 60);
  expect(year.series.reduce((sum, span) => sum + span.calls, 0)).toBe(
    called(tenants.acme.id, 0, NEXT_HOUR).length,
  );
  // What would be compared with is no longer kept whole.
  expect(year.compared).toBeNull();
});

test("values beyond the bound are one group, and the sum stays exact", async () => {
  const organization = tenants.globex;
  const many = Array.from({ length: limits.money.usageGroupsMax + 30 }, (_, n) =>
    requestFact({
      id: ids.uuid(NOW_MS - 40 * DAY_MS - n),
      organizationId: organization.id,
      serverId: srv.globex,
      tool: `tool-${n}`,
    }),
  );
  await writeRequestFacts(store.database, { facts: [...many, ...many], region: "eu-1", node: "n1" });
  const window = { from: "2026-01-29T00:00:00Z", to: "2026-01-30T00:00:00Z" };
  const report = await usage({ by: "tool", ...window }, organization);
  expect(report.groupsAreCapped).toBe(true);
  expect(report.groups).toHaveLength(limits.money.usageGroupsMax + 1);
  const last = report.groups.at(-1);
  expect([last?.key, last?.label, last?.now.calls]).toEqual([OTHER_NAMES, "All others", 30]);
  expect(report.totals.calls).toBe(many.length);
});
