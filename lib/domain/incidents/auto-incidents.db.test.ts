import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { alerts, incidents, operations, servers } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  bareDiagnosis,
  bareEvidence,
  createTestOrganization,
  fakeClock,
  type TestDatabase,
  type TestOrganization,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { diagnosePendingWith } from "./diagnose-pending.ts";
import type { Diagnose } from "./diagnose-subject.ts";
import {
  deleteOldIncidents,
  followIncidents,
  getIncident,
  listIncidentEvents,
  listIncidents,
  updateIncident,
} from "./index.ts";
import { openIncidentsFromAlertsWith } from "./open-incidents-from-alerts.ts";
import { lookAtServer, type Recheck, recheckIncidentsWith } from "./recheck-incidents.ts";

const found: Diagnose = async (ctx) => ({
  evidence: bareEvidence(ctx.organization.id),
  diagnosis: bareDiagnosis({
    status: "healthy",
    headline: "All is well.",
    collectedAt: new Date(clock.nowMs()).toISOString(),
  }),
});
const broken: Diagnose = async () => {
  throw new Error("no");
};
const ids = createIdSource();
const clock = fakeClock();
const never = new AbortController().signal;
let store: TestDatabase;
let acme: TestOrganization;
let globex: TestOrganization;
let serverId: string;
const system = () => ({ ...testSystem({ database: store.database, clock }), ids });
const ctx = () => testCtx(system(), acme, "owner");
const sweep = openIncidentsFromAlertsWith(found);

beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store.close());
let turn = 0;
beforeEach(async () => {
  turn += 1;
  // What earlier tests left open is no part of this one.
  await store.database.db.update(incidents).set({ status: "resolved" });
  await store.database.db.update(alerts).set({ severity: "info" });
  acme = await createTestOrganization(store.database, `acme-${turn}`, "Acme");
  globex = await createTestOrganization(store.database, `globex-${turn}`, "Globex");
  serverId = ids.id("srv");
  await store.database.db.insert(servers).values({
    organizationId: acme.id,
    id: serverId,
    slug: `support-${turn}`,
    name: "Support",
    kind: "connected",
    upstreamUrl: "https://mcp.example.com/mcp",
  });
});

async function raise(
  own: Partial<typeof alerts.$inferInsert> = {},
  organization: TestOrganization = acme,
): Promise<string> {
  const id = ids.id("alr");
  await store.database.db.insert(alerts).values({
    organizationId: organization.id,
    id,
    rule: "smoke_failed",
    scope: serverId,
    serverId,
    threshold: 0,
    periodStart: new Date(clock.nowMs()),
    severity: "critical",
    title: "Smoke of Support fails",
    detail: "",
    path: "/servers/support/hosting",
    firedAt: new Date(clock.nowMs()),
    ...own,
  });
  return id;
}
const all = async (organization = acme) =>
  (await listIncidents(testCtx(system(), organization, "owner"), {})).data;
const texts = async (incident = "1") =>
  (await listIncidentEvents(ctx(), { incident })).map(({ kind, text }) => `${kind}: ${text}`);

test("an alert opens one incident, whoever sweeps and how often, diagnosed; the next about the server joins it", async () => {
  const alert = await raise();
  const taken = await Promise.all([sweep(system(), never), sweep(system(), never), sweep(system(), never)]);
  expect(taken.reduce((sum, count) => sum + count, 0)).toBe(1);
  clock.advance(limits.incidents.recheckEveryMs);
  await raise({ rule: "error_burn", title: "Calls of Support fail" });
  expect(await sweep(system(), never)).toBe(1);
  expect(await sweep(system(), never)).toBe(0);
  const [incident, ...others] = await all();
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    origin: "alert",
    severity: "critical",
    server: { id: serverId },
    diagnosisStatus: "healthy",
    alertCount: 2,
    recovery: { green: 0, needed: 3 },
  });
  expect((await getIncident(ctx(), { incident: "1" })).evidence).toHaveLength(2);
  expect(await texts()).toEqual(
    expect.arrayContaining([
      "opened: Opened: Smoke of Support fails",
      "alert: Smoke of Support fails",
      "alert: Calls of Support fail",
    ]),
  );
  const [row] = await store.database.db.select().from(alerts).where(eq(alerts.id, alert));
  expect(row?.incidentId).toBe(incident?.id);
});

test("a storm of alerts about one server is one incident, diagnosed once a minute and not to its last place", async () => {
  const { recheckEveryMs, automaticDiagnosesMax } = limits.incidents;
  let diagnoses = 0;
  const counting = openIncidentsFromAlertsWith(async (asking, input) => {
    diagnoses += 1;
    return found(asking, input);
  });
  const storm = async (stepMs: number, times: number) => {
    for (let index = 0; index < times; index++) {
      clock.advance(stepMs);
      await raise({ periodStart: new Date(clock.nowMs()) });
      await counting(system(), never);
    }
    return diagnoses;
  };
  expect(await storm(recheckEveryMs / 10, 10)).toBe(1);
  expect(await storm(recheckEveryMs, automaticDiagnosesMax + 5)).toBe(automaticDiagnosesMax);
  expect(await all()).toMatchObject([{ alertCount: automaticDiagnosesMax + 15 }]);
});

test("what is only to be known, and what is long past, opens nothing; organizations are apart", async () => {
  await raise({ severity: "info" });
  await raise({ firedAt: new Date(clock.nowMs() - limits.incidents.alertAgeMsMax), scope: "old" });
  const money = { serverId: null, scope: "organization", rule: "credits_used", severity: "warning" } as const;
  await raise({ ...money, threshold: 80 });
  await raise({ ...money, threshold: 95 });
  await raise({ ...money, threshold: 80 }, globex);
  await sweep(system(), never);
  expect(await all()).toMatchObject([{ symptom: "credits_drop", recovery: null, alertCount: 2 }]);
  expect(await all(globex)).toHaveLength(1);
});

test("a diagnosis that fails is told, holds up no other, and is tried again later, a few times", async () => {
  await raise();
  await raise({ serverId: null, scope: "organization", rule: "ledger_drift" });
  let calls = 0;
  const once: Diagnose = (...asked) => {
    calls += 1;
    return calls === 1 ? broken(...asked) : found(...asked);
  };
  expect(await openIncidentsFromAlertsWith(once)(system(), never)).toBe(2);
  const states = (await all()).map(({ diagnosisStatus }) => diagnosisStatus).sort();
  expect(states).toEqual(["healthy", "pending"]);
  expect(await diagnosePendingWith(found)(system(), never)).toBe(0);
  for (let tries = 1; tries < limits.incidents.pendingTriesMax + 3; tries++) {
    clock.advance(limits.incidents.recheckEveryMs + 1);
    await diagnosePendingWith(broken)(system(), never);
  }
  const pending = (await all()).find(({ diagnosisStatus }) => diagnosisStatus === "pending");
  const failures = (await texts(pending?.id)).filter((text) =>
    text.startsWith("diagnosed: The diagnosis failed"),
  );
  expect(failures).toHaveLength(limits.incidents.pendingTriesMax);
});

test("a diagnosis that had to wait for others is no try: it is made when there is room", async () => {
  await raise();
  const full: Diagnose = async () => {
    throw new DomainError("unavailable", "Later.", { details: { reason: "too_many_diagnoses" } });
  };
  await openIncidentsFromAlertsWith(full)(system(), never);
  for (let tries = 0; tries <= limits.incidents.pendingTriesMax; tries++) {
    clock.advance(limits.incidents.recheckEveryMs + 1);
    await diagnosePendingWith(full)(system(), never);
  }
  expect((await texts()).filter((text) => text.startsWith("diagnosed"))).toEqual([]);
  clock.advance(limits.incidents.recheckEveryMs + 1);
  expect(await diagnosePendingWith(found)(system(), never)).toBe(1);
});

test("an organization whose alerts cannot be taken up holds up no other", async () => {
  const { db } = store.database;
  const row = {
    organizationId: acme.id,
    title: "Open",
    severity: "warning",
    origin: "alert",
    openedBy: "system:test",
  };
  const at = new Date(clock.nowMs());
  await db.insert(incidents).values(
    Array.from({ length: limits.incidents.openPerOrganizationMax }, (_, index) => ({
      ...row,
      id: ids.id("inc"),
      number: index + 1,
      ...{ at, windowFrom: at, windowTo: at, openedAt: at, updatedAt: at },
    })),
  );
  for (let index = 0; index <= limits.incidents.alertsPerSweepMax; index++)
    await raise({ serverId: null, rule: "ledger_drift", scope: `stuck-${index}` });
  clock.advance(1_000);
  await raise({ serverId: null, rule: "ledger_drift", scope: "organization" }, globex);
  expect(await sweep(system(), never)).toBe(1);
  expect(await all(globex)).toHaveLength(1);
});

test("a server that stays broken is looked at more rarely, and each minute once it is well", async () => {
  await raise();
  await sweep(system(), never);
  let looks = 0;
  const look = (outcome: Recheck["outcome"]) =>
    recheckIncidentsWith(async () => {
      looks += 1;
      return { outcome, why: "Looked." };
    })(system(), never);
  for (let minutes = 0; minutes < 6 * 60; minutes++) {
    clock.advance(60_000);
    await look("red");
  }
  expect(looks).toBeLessThan(100);
  const { recheckBrokenMsMax, recheckEveryMs, greenChecksToResolve } = limits.incidents;
  clock.advance(recheckBrokenMsMax);
  await look("green");
  for (let more = 1; more < greenChecksToResolve; more++) {
    clock.advance(recheckEveryMs);
    await look("green");
  }
  expect(await all()).toMatchObject([{ status: "resolved" }]);
});

test("a pending diagnosis that works ends the waiting", async () => {
  await raise();
  await openIncidentsFromAlertsWith(broken)(system(), never);
  clock.advance(limits.incidents.recheckEveryMs + 1);
  expect(await diagnosePendingWith(found)(system(), never)).toBe(1);
  expect(await all()).toMatchObject([{ diagnosisStatus: "healthy" }]);
});

test("three green looks in a row resolve it and not two; a red one begins anew; two processes count once", async () => {
  await raise();
  await sweep(system(), never);
  const look = async (outcome: Recheck["outcome"], processes = 1): Promise<string> => {
    clock.advance(limits.incidents.recheckEveryMs);
    const recheck = recheckIncidentsWith(async () => ({ outcome, why: "Looked." }));
    await Promise.all(Array.from({ length: processes }, () => recheck(system(), never)));
    const [incident] = await all();
    return `${incident?.status} ${incident?.recovery?.green}`;
  };
  expect(await look("green", 3)).toBe("open 1");
  expect(await look("green")).toBe("open 2");
  expect(await look("red")).toBe("open 0");
  expect(await look("red")).toBe("open 0");
  expect(await look("green")).toBe("open 1");
  // A look that fails counts for nothing.
  clock.advance(limits.incidents.recheckEveryMs);
  await recheckIncidentsWith(async () => {
    throw new Error("no");
  })(system(), never);
  expect(await look("green")).toBe("open 2");
  expect(await look("green")).toBe("resolved 3");
  expect((await texts()).filter((text) => /^(recheck|resolved)/.test(text))).toEqual([
    "recheck: Well, 1 of 3: Looked.",
    "recheck: Well, 2 of 3: Looked.",
    "recheck: Not well again: Looked.",
    "recheck: Well, 1 of 3: Looked.",
    "recheck: Well, 2 of 3: Looked.",
    "resolved: Resolved: 3 rechecks in a row found it well again.",
  ]);
  const reopened = await updateIncident(ctx(), { incident: "1", status: "open" });
  expect(reopened.recovery?.green).toBe(0);
});

test("a look is red while the server is not active or does not answer, and knows when it is gone", async () => {
  await raise();
  await sweep(system(), never);
  const { db } = store.database;
  const [row] = await db.select().from(incidents).where(eq(incidents.organizationId, acme.id));
  if (!row) throw new Error("the alert opened no incident");
  const closed = { url: "http://127.0.0.1:9/mcp", headers: {} };
  const doors = { internalMcp: () => closed, runtime: { refresh: async () => undefined } };
  const asking = { ...testCtx(testSystem({ database: store.database, clock, doors }), acme, "owner"), ids };
  const setServer = (values: Partial<typeof servers.$inferInsert>) =>
    db.update(servers).set(values).where(eq(servers.id, serverId));
  await setServer({ status: "inactive" });
  expect(await lookAtServer(asking, row)).toEqual({ outcome: "red", why: "The server is not active." });
  await setServer({ status: "active" });
  expect(await lookAtServer(asking, row)).toMatchObject({ outcome: "red" });
  await setServer({ deletedAt: new Date() });
  expect(await lookAtServer(asking, row)).toEqual({ outcome: "gone", why: "The server was deleted." });
});

test("the end of a server ends its incident", async () => {
  await raise();
  await sweep(system(), never);
  clock.advance(limits.incidents.recheckEveryMs);
  await recheckIncidentsWith(async () => ({ outcome: "gone", why: "The server was deleted." }))(
    system(),
    never,
  );
  expect(await all()).toMatchObject([{ status: "resolved", resolution: "The server was deleted." }]);
});

test("operations that end, new alerts and the end of alerts are written into the open incident, once", async () => {
  const alert = await raise();
  await sweep(system(), never);
  clock.advance(10_000);
  const at = new Date(clock.nowMs());
  const { db } = store.database;
  const operation = { organizationId: acme.id, serverId, actor: `user:${acme.users.developer.id}` };
  await db.insert(operations).values([
    { ...operation, id: ids.id("op"), kind: "rollback", state: "succeeded", finishedAt: at },
    {
      ...operation,
      id: ids.id("op"),
      kind: "publish",
      state: "failed",
      finishedAt: new Date(at.getTime() - 60_000),
    },
  ]);
  await db.update(alerts).set({ resolvedAt: at }).where(eq(alerts.id, alert));
  await Promise.all([followIncidents(system()), followIncidents(system())]);
  expect(await followIncidents(system())).toBe(0);
  const events = (await listIncidentEvents(ctx(), { incident: "1" })).slice(-2);
  expect(events.map(({ kind, text, actor }) => [kind, text, actor]).sort()).toEqual([
    ["alert_over", "Over: Smoke of Support fails", "incidents"],
    ["operation", "rollback succeeded", acme.users.developer.name],
  ]);
});

test("old incidents go with all that is theirs, but not the newest, so that numbers go on", async () => {
  await raise();
  await sweep(system(), never);
  await updateIncident(ctx(), { incident: "1", status: "resolved" });
  await raise({ scope: "again", periodStart: new Date(clock.nowMs() + 1) });
  await sweep(system(), never);
  await updateIncident(ctx(), { incident: "2", status: "resolved" });
  const later = {
    ...system(),
    clock: { ...clock, nowMs: () => clock.nowMs() + (limits.incidents.keptDays + 1) * 86_400_000 },
  };
  expect(await deleteOldIncidents(later, never)).toBeGreaterThanOrEqual(1);
  expect((await all()).map(({ number }) => number)).toEqual([2]);
});
