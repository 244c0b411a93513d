import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { auditLog, usageEvents } from "#drizzle/schema/index.ts";
import type { Agent } from "#lib/contract/index.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { fakeClock } from "#lib/testing/index.ts";
import { createAgent } from "../agents/index.ts";
import { balances, reconcile } from "../ledger/index.ts";
import { changePlan } from "../plans/index.ts";
import { getAgentBudget, postUsageEvents, updateAgentBudget } from "./index.ts";

const DAY_MS = 24 * 3_600_000;
const clock = fakeClock(Date.parse("2026-03-10T12:00:00.000Z"));
let own: GatewayFixture;
let agent: Agent;
let made = 0;
beforeAll(async () => {
  own = await gatewayFixture({ clock });
  await changePlan(own.as("owner"), { plan: "metered" });
});
afterAll(() => own.store.close());
beforeEach(async () => {
  made += 1;
  agent = await createAgent(admin(), { name: `Agent ${made}` });
});

const admin = () => own.as("admin");
const isoIn = (ms: number) => new Date(clock.nowMs() + ms).toISOString();
const event = (eventId: string, over: object = {}) => ({
  eventId,
  amountMicros: "1500",
  occurredAt: isoIn(-1_000),
  ...over,
});
const post = (...events: ReturnType<typeof event>[]) => postUsageEvents(admin(), { agent: agent.id, events });
const booked = () =>
  own.store.database.db.select().from(usageEvents).where(eq(usageEvents.agentId, agent.id));
const debt = async () =>
  (await balances(own.store.database.sql, own.tenants.acme.id, clock.nowMs())).debtMicros;

test("costs are booked once by their id: again they are duplicates, however often", async () => {
  const owed = await debt();
  const first = await post(event("a"), event("b", { amountMicros: "9007199254740", endUser: "ada" }));
  expect(first.results).toMatchObject([
    { eventId: "a", status: "accepted", amountMicros: "1500", txId: expect.stringMatching(/^tx_/) },
    { eventId: "b", status: "accepted", amountMicros: "9007199254740" },
  ]);
  const again = await post(event("b", { amountMicros: "9007199254740", endUser: "ada" }), event("c"));
  expect(again.results).toMatchObject([
    { eventId: "b", status: "duplicate", txId: first.results[1]?.txId },
    { eventId: "c", status: "accepted" },
  ]);
  expect(await booked()).toHaveLength(3);
  expect((await getAgentBudget(admin(), { agent: agent.id })).spentMicros).toBe(
    String(9007199254740n + 3000n),
  );
  expect((await debt()) - owed).toBe(9007199254740n + 3000n);
});

test("twenty at once with one event book it once", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(event("same"))));
  const states = answers.map(({ results }) => results[0]?.status).sort();
  expect(states.filter((status) => status === "accepted")).toHaveLength(1);
  expect(await booked()).toHaveLength(1);
});

test("an id that stands for another event is refused with the whole call", async () => {
  await post(event("a"));
  await expect(post(event("new"), event("a", { amountMicros: "1501" }))).rejects.toMatchObject({
    code: "unprocessable",
    message: expect.stringContaining("“a” was used before"),
  });
  expect(await booked()).toHaveLength(1);
});

test("what happened is booked above the cap too, and then nothing remains", async () => {
  await updateAgentBudget(admin(), { agent: agent.id, monthlyCapMicros: "2000" });
  expect((await post(event("a"))).remainingMicros).toBe("500");
  expect((await post(event("b"))).remainingMicros).toBe("0");
  expect(await getAgentBudget(admin(), { agent: agent.id })).toMatchObject({
    spentMicros: "3000",
    remainingMicros: "0",
  });
});

test.each([
  ["a number", { amountMicros: 5 }, "events.0.amountMicros"],
  ["less than nothing", { amountMicros: "-5" }, "events.0.amountMicros"],
  ["a fraction", { amountMicros: "0.5" }, "events.0.amountMicros"],
  ["NaN", { amountMicros: "NaN" }, "events.0.amountMicros"],
  ["more than fits", { amountMicros: "9223372036854775808" }, "events.0.amountMicros"],
  ["more than the books hold", { amountMicros: "9223372036854775807" }, "events.0.amountMicros"],
  ["another currency", { currency: "EUR" }, "events.0.currency"],
  ["no id", { eventId: "" }, "events.0.eventId"],
  ["a time without a zone", { occurredAt: "2026-03-10T12:00:00" }, "events.0.occurredAt"],
  ["from too long ago", { occurredAt: isoIn(-35 * DAY_MS - 1) }, "events.0.occurredAt"],
  ["from the future", { occurredAt: isoIn(300_001) }, "events.0.occurredAt"],
])("%s is refused with the path of the field, and nothing is booked", async (_name, over, path) => {
  await expect(post(event("a", over as object))).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path }],
  });
  expect(await booked()).toEqual([]);
});

test("35 days late and a clock that is five minutes ahead are fine, and count in the month in which they come", async () => {
  await post(
    event("late", { occurredAt: isoIn(-35 * DAY_MS) }),
    event("ahead", { occurredAt: isoIn(300_000) }),
  );
  expect((await getAgentBudget(admin(), { agent: agent.id })).spentMicros).toBe("3000");
});

test("a stranger's agent does not exist, and the audit log says how much was booked", async () => {
  await expect(
    postUsageEvents(own.stranger(), { agent: agent.id, events: [event("x")] }),
  ).rejects.toMatchObject({ code: "not_found" });
  await post(event("a"), event("b"));
  const [record] = await own.store.database.db
    .select()
    .from(auditLog)
    .where(sql`entity_id = ${agent.id} and action = 'budget.postUsage'`);
  expect(record?.after).toEqual({ events: 2, amountMicros: "3000" });
});

test("on a plan without prices costs count in budgets and spend, and nobody owes for them", async () => {
  const { database } = own.store;
  await changePlan(own.as("owner"), { plan: "self-hosted" });
  const owed = await debt();
  await updateAgentBudget(admin(), { agent: agent.id, monthlyCapMicros: "2000" });
  const posted = await post(event("covered"));
  expect(posted.remainingMicros).toBe("500");
  expect(await debt()).toBe(owed);
  expect(await booked()).toHaveLength(1);
  expect((await reconcile(database, own.tenants.acme.id, clock.nowMs())).status).toBe("balanced");
  await changePlan(own.as("owner"), { plan: "metered" });
});
