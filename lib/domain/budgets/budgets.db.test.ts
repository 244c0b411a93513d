import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { alerts, auditLog, budgetSpend } from "#drizzle/schema/index.ts";
import type { Agent } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { fakeClock } from "#lib/testing/index.ts";
import { createAgent, getAgent, loadAgentEntries, resumeAgent } from "../agents/index.ts";
import { getAgentBudget, suspendAgent, updateAgentBudget } from "./index.ts";

const clock = fakeClock(Date.parse("2026-03-31T23:00:00.000Z"));
let own: GatewayFixture;
let agent: Agent;
let made = 0;
beforeAll(async () => {
  own = await gatewayFixture({ clock });
});
afterAll(() => own.store.close());
beforeEach(async () => {
  made += 1;
  agent = await createAgent(admin(), { name: `Agent ${made}` });
});

const admin = () => own.as("admin");
const budget = () => getAgentBudget(own.as("viewer"), { agent: agent.id });
const update = (changes: Omit<Parameters<typeof updateAgentBudget>[1], "agent">) =>
  updateAgentBudget(admin(), { agent: agent.id, ...changes });
const spend = (period: string, spentMicros: bigint, leasedMicros = 0n) =>
  own.store.database.db.insert(budgetSpend).values({
    organizationId: own.tenants.acme.id,
    scopeKind: "agent",
    scopeId: agent.id,
    agentId: agent.id,
    period,
    spentMicros,
    leasedMicros,
    updatedAt: new Date(clock.nowMs()),
  });

test("a new agent has no caps, has spent nothing, and its month is the calendar's in UTC", async () => {
  expect(await budget()).toMatchObject({
    monthlyCapMicros: null,
    userCaps: [],
    onUnavailable: "deny",
    loopCallsPerMinuteMax: 60,
    alertThresholds: [50, 80, 95, 100],
    period: { start: "2026-03-01T00:00:00.000Z", end: "2026-04-01T00:00:00.000Z" },
    spentMicros: "0",
    leasedMicros: "0",
    remainingMicros: null,
    overrunBoundMicros: "0",
    status: "active",
  });
});

test("what is not named stays, amounts are exact, and the audit log has both states", async () => {
  await update({
    monthlyCapMicros: "9007199254740993",
    userCaps: [
      { endUser: "zoe", capMicros: "0" },
      { endUser: "ada", capMicros: "9007199254740991" },
    ],
    alertThresholds: [90, 50, 90],
  });
  const changed = await update({ sessionCapMicros: "5", loopCallsPerMinuteMax: null });
  expect(changed).toMatchObject({
    monthlyCapMicros: "9007199254740993",
    sessionCapMicros: "5",
    userCaps: [
      { endUser: "ada", capMicros: "9007199254740991" },
      { endUser: "zoe", capMicros: "0" },
    ],
    alertThresholds: [50, 90],
    loopCallsPerMinuteMax: null,
    remainingMicros: "9007199254740993",
  });
  expect(await own.lastAudit(agent.id)).toMatchObject({
    action: "budget.update",
    before: { sessionCapMicros: null, monthlyCapMicros: "9007199254740993", loopCallsPerMinuteMax: 60 },
    after: { sessionCapMicros: "5", monthlyCapMicros: "9007199254740993", loopCallsPerMinuteMax: null },
  });
  const entry = (await loadAgentEntries(own.store.database)).find(({ id }) => id === agent.id);
  expect(entry?.budget).toMatchObject({
    monthlyCapMicros: 9007199254740993n,
    sessionCapMicros: 5n,
    userCaps: new Map([
      ["ada", 9007199254740991n],
      ["zoe", 0n],
    ]),
  });
});

test("a cap below what is spent is taken, and says that nothing remains", async () => {
  await spend("2026-03", 10_000_000n, 500n);
  expect(await update({ monthlyCapMicros: "4000000" })).toMatchObject({
    monthlyCapMicros: "4000000",
    spentMicros: "10000000",
    leasedMicros: "500",
    remainingMicros: "0",
  });
});

test("a month begins with nothing spent, at midnight in UTC", async () => {
  await update({ monthlyCapMicros: "100" });
  await spend("2026-03", 70n);
  expect((await budget()).remainingMicros).toBe("30");
  clock.advance(3_600_000);
  expect(await budget()).toMatchObject({
    period: { start: "2026-04-01T00:00:00.000Z" },
    spentMicros: "0",
    remainingMicros: "100",
  });
  clock.advance(-3_600_000);
});

test("a narrower cap above the monthly one is refused where it is set, but the monthly one can always be lowered", async () => {
  await update({ monthlyCapMicros: "1000", defaultUserCapMicros: "1000" });
  await expect(update({ monthlyCapMicros: "10" })).resolves.toMatchObject({ monthlyCapMicros: "10" });
  await expect(
    update({
      sessionCapMicros: "11",
      anonymousUserCapMicros: "10",
      userCaps: [{ endUser: "ada", capMicros: "12" }],
    }),
  ).rejects.toMatchObject({
    code: "invalid_input",
    errors: [
      { path: "sessionCapMicros", code: "above_monthly_cap" },
      { path: "userCaps.0.capMicros", code: "above_monthly_cap" },
    ],
  });
  await expect(update({ sessionCapMicros: "11", monthlyCapMicros: null })).resolves.toMatchObject({
    sessionCapMicros: "11",
  });
});

const ADA = { endUser: "ada", capMicros: "1" };
test.each([
  ["a number", { monthlyCapMicros: 5 }, "monthlyCapMicros"],
  ["a fraction", { monthlyCapMicros: "1.5" }, "monthlyCapMicros"],
  ["less than nothing", { sessionCapMicros: "-1" }, "sessionCapMicros"],
  ["NaN", { defaultUserCapMicros: "NaN" }, "defaultUserCapMicros"],
  ["more than fits", { anonymousUserCapMicros: "9223372036854775808" }, "anonymousUserCapMicros"],
  ["spaces", { monthlyCapMicros: " 5" }, "monthlyCapMicros"],
  ["a user twice", { userCaps: [ADA, ADA] }, "userCaps.1.endUser"],
  ["a user without a name", { userCaps: [{ ...ADA, endUser: "" }] }, "userCaps.0.endUser"],
  ["a name with a NUL", { userCaps: [{ ...ADA, endUser: "a\u0000" }] }, "userCaps.0.endUser"],
  ["a threshold above all", { alertThresholds: [101] }, "alertThresholds.0"],
  ["a loop of one call", { loopCallsPerMinuteMax: 1 }, "loopCallsPerMinuteMax"],
])("%s is refused with its path, and nothing changes", async (_name, changes, path) => {
  await expect(update(changes as object)).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path }],
  });
  expect(await budget()).toMatchObject({ monthlyCapMicros: null, userCaps: [] });
});

test("a user may be called like something that every object has", async () => {
  const userCaps = ["__proto__", "constructor", "toString"].map((endUser) => ({ endUser, capMicros: "7" }));
  expect((await update({ userCaps })).userCaps).toEqual(userCaps);
  const entry = (await loadAgentEntries(own.store.database)).find(({ id }) => id === agent.id);
  expect(entry?.budget.userCaps.get("__proto__")).toBe(7n);
});

test("with grace the bound is what all edges may spend while they cannot ask", async () => {
  expect((await update({ onUnavailable: "grace" })).overrunBoundMicros).toBe(
    String(limits.money.graceMicrosMax),
  );
});

test("a stranger's budget does not exist, and a developer may not change one", async () => {
  await expect(getAgentBudget(own.stranger(), { agent: agent.id })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(
    updateAgentBudget(own.stranger(), { agent: agent.id, monthlyCapMicros: "1" }),
  ).rejects.toMatchObject({ code: "not_found" });
  await expect(
    updateAgentBudget(own.as("developer"), { agent: agent.id, monthlyCapMicros: "1" }),
  ).rejects.toMatchObject({ code: "forbidden" });
});

test("an agent that loops is paused once, however many edges notice, with one record and one alert", async () => {
  const caller = {
    system: own.system,
    actor: { kind: "system" as const, name: "edge" },
    requestId: "req_1",
  };
  const loop = {
    organizationId: own.tenants.acme.id,
    agentId: agent.id,
    call: "get_order of support-api",
    callsPerMinuteMax: 60,
  };
  const answers = await Promise.all([1, 2, 3, 4].map(() => suspendAgent(caller, loop)));
  expect(answers.filter(({ isSuspended }) => isSuspended)).toHaveLength(1);
  expect(await getAgent(admin(), { agent: agent.id })).toMatchObject({
    status: "paused",
    pause: { reason: "loop_suspected", note: expect.stringContaining("get_order of support-api") },
  });
  const { db } = own.store.database;
  const records = await db.select().from(auditLog).where(eq(auditLog.entityId, agent.id));
  expect(records.filter(({ action }) => action === "agent.suspend")).toMatchObject([
    { organizationId: own.tenants.acme.id, actor: "system:edge" },
  ]);
  const told = () => db.select().from(alerts).where(eq(alerts.scope, agent.id));
  expect(await told()).toMatchObject([{ rule: "loop_suspected", severity: "critical" }]);
  clock.advance(60_000);
  await resumeAgent(admin(), { agent: agent.id });
  expect(await suspendAgent(caller, loop)).toEqual({ isSuspended: true });
  expect(await told()).toHaveLength(2);
  await expect(
    suspendAgent(caller, { ...loop, organizationId: own.tenants.globex.id }),
  ).rejects.toMatchObject({ code: "not_found" });
});
