import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  alertDeliveries,
  alertRuleSettings,
  alerts,
  auditLog,
  checkRuns,
  edgeNodes,
  leases,
  reconciliationRuns,
  requestLog,
  requestRollup,
  servers,
  usageRollup,
} from "#drizzle/schema/index.ts";
import type { Outcome } from "#lib/contract/index.ts";
import type { RuntimeCrash } from "#lib/domain/access/doors.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  type FakeClock,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { writeRequestFacts } from "../../requests/index.ts";
import { createAlertChannel, listAlertRules, raiseStateAlerts, updateAlertRule } from "../index.ts";
import { createStateRules } from "./raise-state-alerts.ts";
import type { StateRule } from "./state-rule.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.parse("2026-03-10T12:30:00.000Z");
let store: TestDatabase;
let tenants: Tenants;
let clock: FakeClock;
let rules: readonly StateRule[];
let crashesOf: (serverId: string) => Promise<RuntimeCrash[]>;
const ids = createIdSource(() => START_MS);
const srv = { acme: ids.id("srv"), globex: ids.id("srv") };

beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 8 });
  tenants = await createTenants(store.database);
  for (const slug of ["acme", "globex"] as const)
    await store.database.db.insert(servers).values({
      id: srv[slug],
      organizationId: tenants[slug].id,
      slug: `support-${slug}`,
      name: `Support of ${slug}`,
      kind: "hosted",
      status: "active",
      checkPolicy: { canary: { tool: "ping", arguments: {}, everySeconds: 60 } },
    });
  await createAlertChannel(as("acme"), {
    kind: "webhook",
    name: "On call",
    target: "https://hooks.example.com/",
  });
});
afterAll(() => store.close());
beforeEach(async () => {
  clock = fakeClock(START_MS);
  rules = createStateRules();
  crashesOf = async () => [];
  const { db } = store.database;
  for (const table of [
    alertDeliveries,
    alerts,
    alertRuleSettings,
    checkRuns,
    edgeNodes,
    leases,
    reconciliationRuns,
    requestLog,
    requestRollup,
    usageRollup,
  ])
    await db.delete(table);
});

const system = () =>
  testSystem({
    database: store.database,
    clock,
    doors: {
      runtime: { crashes: (serverId) => crashesOf(serverId) },
      publicFetch: () => Promise.reject(new Error("not here")),
    },
  });
const as = (slug: "acme" | "globex", role: "admin" | "viewer" = "admin") =>
  testCtx(testSystem({ database: store.database, clock: clock ?? fakeClock(START_MS) }), tenants[slug], role);
const look = () => raiseStateAlerts(system(), rules);
const told = async (organization: "acme" | "globex" = "acme") => {
  const rows = await store.database.db
    .select()
    .from(alerts)
    .where(eq(alerts.organizationId, tenants[organization].id))
    .orderBy(alerts.id);
  return rows.map(({ rule, severity, resolvedAt }) => `${rule} ${severity}${resolvedAt ? " over" : ""}`);
};
const countOf = async (when: "begun" | "over") =>
  (await Promise.all([told("acme"), told("globex")]))
    .flat()
    .filter((one) => when === "begun" || one.endsWith("over")).length;
const NOTHING = { raised: 0, resolved: 0, failed: 0 };

const calls = (
  count: number,
  outcome: Outcome,
  own: { organization?: "acme" | "globex"; retentionDays?: number } = {},
) => {
  const organization = own.organization ?? "acme";
  return writeRequestFacts(store.database, {
    region: "eu-1",
    node: "n1",
    facts: Array.from({ length: count }, (_, n) =>
      requestFact({
        id: ids.uuid(clock.nowMs() - n * 1_000),
        organizationId: tenants[organization].id,
        serverId: srv[organization],
        outcome,
        ...(own.retentionDays !== undefined && { retentionDays: own.retentionDays }),
      }),
    ),
  });
};
const check = (
  kind: "tools-list" | "canary",
  status: "passed" | "failed",
  error: string | null = null,
  result: object = {},
) =>
  store.database.db.insert(checkRuns).values({
    organizationId: tenants.acme.id,
    id: ids.id("chk"),
    serverId: srv.acme,
    kind,
    status,
    tool: kind === "canary" ? "ping" : null,
    durationMs: 1,
    error,
    result,
    actor: "system:test",
    checkedAt: new Date(clock.nowMs()),
  });
const canaryOfEdge = (state: "ok" | "late" | "lost", atMs = clock.nowMs()) => ({
  at: new Date(atMs).toISOString(),
  state,
  viewerLagMs: null,
  storeLagMs: null,
  sent: 5,
  missing: 0,
  duplicated: 0,
  reordered: 0,
  problem: state === "lost" ? "The store did not get all lines." : null,
});
const edge = async (canary: object | null, heartbeatMs = clock.nowMs()) => {
  await store.database.db.delete(edgeNodes);
  await store.database.db.insert(edgeNodes).values({
    node: "edge-1",
    region: "eu-1",
    version: "1",
    controlAddress: "unix:/run/e.sock",
    ownUrl: "http://127.0.0.1",
    heartbeatAt: new Date(heartbeatMs),
    canary,
  });
};
const lease = (expiresMs: number) =>
  store.database.db.insert(leases).values({
    organizationId: tenants.acme.id,
    id: ids.id("lse"),
    scopeKind: "organization",
    scopeId: "",
    period: "",
    node: "n1",
    epoch: "e1",
    amountMicros: 5n,
    grantedAt: new Date(expiresMs - 2_000),
    expiresAt: new Date(expiresMs),
  });
const reconciled = (status: "balanced" | "drift") =>
  store.database.db.insert(reconciliationRuns).values({
    organizationId: tenants.acme.id,
    id: ids.uuid(clock.nowMs()),
    startedAt: new Date(clock.nowMs()),
    durationMs: 1,
    status,
    driftMicros: 0n,
    checks: [],
  });
const crash = (backMs: number): RuntimeCrash => ({
  at: new Date(clock.nowMs() - backMs).toISOString(),
  node: "edge-1",
  region: "eu-1",
  reason: "It used too much memory.",
});

/** How each rule's state begins and ends, at any time. */
const EPISODES: Readonly<
  Record<string, { begin(): Promise<unknown>; end(): Promise<unknown>; what: string }>
> = {
  error_burn: {
    what: "error_burn critical",
    begin: () => calls(40, "upstream_error"),
    // What failed leaves every short window.
    end: async () => clock.advance(10 * HOUR_MS),
  },
  smoke_failed: {
    what: "smoke_failed critical",
    begin: async () => {
      await check("tools-list", "passed");
      await check("tools-list", "failed", "The server answered with HTTP 502.");
    },
    end: () => check("tools-list", "passed"),
  },
  canary_failed: {
    what: "canary_failed critical",
    begin: () => check("canary", "failed", "no answer"),
    end: () => check("canary", "passed"),
  },
  crash_loop: {
    what: "crash_loop critical",
    begin: async () => {
      await calls(1, "runtime_error");
      crashesOf = async (id) => (id === srv.acme ? [crash(1), crash(2), crash(3)] : []);
    },
    end: async () => {
      crashesOf = async () => [];
    },
  },
  log_pipeline: {
    what: "log_pipeline warning",
    begin: () => edge(canaryOfEdge("lost")),
    end: () => edge(canaryOfEdge("ok")),
  },
  metering_stale: {
    what: "metering_stale warning",
    begin: () => lease(clock.nowMs() - HOUR_MS),
    end: () => store.database.db.delete(leases),
  },
  ledger_drift: {
    what: "ledger_drift critical",
    begin: () => reconciled("drift"),
    end: () => reconciled("balanced"),
  },
};

test("every rule is tried here", () => {
  expect(Object.keys(EPISODES)).toEqual(createStateRules().map(({ rule }) => rule));
});

test.each(Object.entries(EPISODES))(
  "%s is told once while it lasts, whoever looks at once; ends by itself, and is told anew when it comes back",
  async (rule, { begin, end, what }) => {
    expect(await look()).toEqual(NOTHING);
    await begin();
    const looks = await Promise.all([look(), look(), look()]);
    expect(looks.reduce((all, { raised }) => all + raised, 0)).toBe(await countOf("begun"));
    expect(await look()).toEqual(NOTHING);
    expect(await told()).toEqual([what]);
    const [row] = await store.database.db
      .select()
      .from(alerts)
      .where(and(eq(alerts.rule, rule), eq(alerts.organizationId, tenants.acme.id)));
    expect(row?.serverId).toBe(row?.scope.startsWith("srv_") ? srv.acme : null);
    expect(row?.path).toMatch(/^\//);
    expect(
      await store.database.db
        .select()
        .from(alertDeliveries)
        .where(eq(alertDeliveries.alertId, row?.id ?? "")),
    ).toHaveLength(1);

    clock.advance(MINUTE_MS);
    await end();
    const ends = await Promise.all([look(), look()]);
    expect(ends.reduce((all, { resolved }) => all + resolved, 0)).toBe(await countOf("over"));
    expect(await told()).toEqual([`${what} over`]);

    clock.advance(MINUTE_MS);
    await begin();
    expect(await look()).toMatchObject({ resolved: 0 });
    expect(await told()).toEqual([`${what} over`, what]);
  },
);

describe("nothing is told of", () => {
  test("other organizations' states, but by them", async () => {
    await calls(40, "runtime_error", { organization: "globex" });
    await look();
    expect(await told("globex")).toEqual(["error_burn critical"]);
    expect(await told("acme")).toEqual([]);
  });

  test.each([
    "auth_denied",
    "grant_denied",
    "rate_limited",
    "budget_denied",
    "credit_denied",
    "canceled",
  ] as const)("calls that were %s: the server did not fail them", async (outcome) => {
    await calls(60, outcome);
    expect(await look()).toEqual(NOTHING);
  });

  test("what a tool usually reports; that it reports much more is told", async () => {
    clock.advance(-3 * HOUR_MS);
    await calls(90, "ok");
    await calls(10, "tool_error");
    clock.advance(3 * HOUR_MS);
    await calls(45, "ok");
    await calls(5, "tool_error");
    expect(await look()).toEqual(NOTHING);
    await calls(100, "tool_error");
    await look();
    expect(await told()).toEqual(["error_burn critical"]);
  });

  test("few calls, and calls that failed before the short window", async () => {
    await calls(limits.alertRules.burnEventsMin - 1, "timeout");
    expect(await look()).toEqual(NOTHING);
    await calls(40, "timeout");
    clock.advance(31 * MINUTE_MS);
    await calls(100, "ok");
    await look();
    expect(await told(), "only the short window of six hours still burns").toEqual(["error_burn warning"]);
  });

  test("missing data: rows that a server does not keep, a smoke that never passed, an edge that is gone or never reported", async () => {
    await calls(60, "timeout", { retentionDays: 0 });
    clock.advance(MINUTE_MS);
    await check("tools-list", "failed", "nothing there yet");
    await edge(null);
    expect((await told()).filter((one) => !one.startsWith("error_burn"))).toEqual([]);
    await look();
    expect((await told()).filter((one) => !one.startsWith("error_burn"))).toEqual([]);
    await edge(canaryOfEdge("lost", clock.nowMs() - HOUR_MS), clock.nowMs() - HOUR_MS);
    await look();
    expect((await told()).filter((one) => one.startsWith("log_pipeline"))).toEqual([]);
  });

  test("a smoke in an era that the server may leave out is no failed smoke", async () => {
    await check("tools-list", "passed");
    await check("tools-list", "failed", "No modern protocol.", { failure: { code: "not_offered" } });
    await look();
    expect(await told()).toEqual([]);
  });

  test("edges that do not answer neither begin nor end a crash loop", async () => {
    await calls(1, "runtime_error");
    crashesOf = () => Promise.reject(new Error("unavailable"));
    expect(await look()).toEqual(NOTHING);
    crashesOf = async () => [crash(1), crash(2), crash(3)];
    expect(await look()).toMatchObject({ raised: 1 });
    crashesOf = () => Promise.reject(new Error("unavailable"));
    expect(await look()).toEqual(NOTHING);
    expect(await told()).toEqual(["crash_loop critical"]);
  });

  test("a log canary that went stale on a live edge is told, one that is late is not", async () => {
    await edge(canaryOfEdge("late"));
    expect(await look()).toEqual(NOTHING);
    await edge(canaryOfEdge("ok", clock.nowMs() - limits.canary.staleMs - 1));
    expect(await look()).toMatchObject({ raised: 2 });
  });
});

test("what gets worse is told again, and the alert before ends", async () => {
  // 2 % of many calls burn the budget of days; then everything fails.
  await calls(6, "timeout");
  await calls(294, "ok");
  await look();
  expect(await told()).toEqual(["error_burn warning"]);
  clock.advance(1_000);
  await calls(400, "timeout");
  expect(await look()).toMatchObject({ raised: 1, resolved: 1 });
  expect(await told()).toEqual(["error_burn warning over", "error_burn critical"]);
});

test("a rule that cannot look holds up no other, and changes nothing", async () => {
  await check("canary", "failed");
  await look();
  await reconciled("drift");
  const broken = rules.map((rule) =>
    rule.rule === "canary_failed" ? { ...rule, look: () => Promise.reject(new Error("no")) } : rule,
  );
  expect(await raiseStateAlerts(system(), broken)).toEqual({ raised: 1, resolved: 0, failed: 1 });
  expect((await told()).toSorted()).toEqual(["canary_failed critical", "ledger_drift critical"]);
});

describe("an organization's settings", () => {
  test("a rule that is off tells nothing and ends what it told; that of others stays on", async () => {
    await check("canary", "failed");
    await look();
    expect(await listAlertRules(as("acme"), {})).toContainEqual(
      expect.objectContaining({ rule: "canary_failed", isOn: true, firing: 1, objective: null }),
    );
    await updateAlertRule(as("acme"), { rule: "canary_failed", isOn: false });
    expect(await look()).toMatchObject({ raised: 0, resolved: 1 });
    expect(await look()).toEqual(NOTHING);
    expect(await listAlertRules(as("globex"), {})).toContainEqual(
      expect.objectContaining({ rule: "canary_failed", isOn: true, firing: 0 }),
    );
  });

  test("the objective decides what burns, and what is not named stays", async () => {
    await calls(30, "timeout");
    await calls(70, "ok");
    await updateAlertRule(as("acme"), { rule: "error_burn", objective: 0.5 });
    expect(await look()).toEqual(NOTHING);
    expect(await updateAlertRule(as("acme"), { rule: "error_burn", isOn: true })).toMatchObject({
      objective: 0.5,
    });
    await updateAlertRule(as("acme"), { rule: "error_burn", objective: 0.99 });
    expect(await look()).toMatchObject({ raised: 1 });
    const [record] = await store.database.db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.action, "alertRule.update"), eq(auditLog.entityId, "error_burn")));
    expect(record).toMatchObject({ before: { isOn: true, objective: 0.99 } });
  });

  test("rules that there are not, objectives that cannot be and people who may not are refused", async () => {
    const refused = (input: Parameters<typeof updateAlertRule>[1], role?: "viewer") =>
      updateAlertRule(as("acme", role), input);
    await expect(refused({ rule: "no_such", isOn: true })).rejects.toMatchObject({ code: "not_found" });
    await expect(refused({ rule: "crash_loop", objective: 0.9 })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(refused({ rule: "error_burn", objective: 1.5 })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(refused({ rule: "error_burn", isOn: false }, "viewer")).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
