import { eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { alertChannels, alertDeliveries, alertRuleSettings, alerts } from "#drizzle/schema/index.ts";
import type { AlertWebhook } from "#lib/contract/index.ts";
import type { Mail } from "#lib/domain/access/index.ts";
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
import {
  createAlertChannel,
  deleteOldAlerts,
  deleteOldDeliveries,
  deliverAlerts,
  listAlertDeliveries,
  raiseStateAlerts,
  replayAlertDelivery,
  updateAlertRule,
} from "./index.ts";
import type { StateRule } from "./rules/state-rule.ts";

const MINUTE_MS = 60_000;
const { alertAgainMsMin, alertAttemptsMax, alertDeliveriesKept } = limits.money;
let store: TestDatabase;
let tenants: Tenants;
let clock: FakeClock;
/** What the receiver answers, and what it took and refused. */
let answer: number;
let taken: { id: string; message: AlertWebhook }[];
let mails: Mail[];
let severity: "warning" | "critical" | null;

beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 6 });
  tenants = await createTenants(store.database);
});
afterAll(() => store.close());
beforeEach(() => reset());

async function reset(): Promise<void> {
  clock = fakeClock();
  [answer, taken, mails, severity] = [200, [], [], null];
  for (const table of [alertDeliveries, alerts, alertRuleSettings, alertChannels])
    await store.database.db.delete(table);
  await createAlertChannel(admin(), {
    kind: "webhook",
    name: "On call",
    target: "https://hooks.example.com/",
  });
}

const system = () =>
  testSystem({
    database: store.database,
    clock,
    doors: {
      publicFetch: async (_url, init) => {
        if (answer !== 200) return new Response(null, { status: answer });
        const id = new Headers(init?.headers).get("webhook-id") ?? "";
        taken.push({ id, message: JSON.parse(String(init?.body)) });
        return new Response(null, { status: 204 });
      },
      mail: async (mail) => {
        mails.push(mail);
      },
    },
  });
const admin = () => testCtx(system(), tenants.acme, "admin");
const rule: StateRule = {
  rule: "canary_failed",
  title: "Canary failed",
  description: "",
  look: async () => ({
    states:
      severity === null
        ? []
        : [
            {
              organizationId: tenants.acme.id,
              scope: "srv_any",
              severity,
              title: "The canary fails",
              detail: "No answer.",
              path: "/servers/any/hosting",
            },
          ],
  }),
};
const look = () => raiseStateAlerts(system(), [rule]);
const deliver = () => deliverAlerts(system());
const become = async (next: typeof severity) => {
  severity = next;
  await look();
};
const types = () => taken.map(({ message }) => message.type.replace("alert.canary_failed", "begun"));
/** Beginnings before ends. */
const stored = () =>
  store.database.db
    .select()
    .from(alertDeliveries)
    .where(eq(alertDeliveries.organizationId, tenants.acme.id))
    .orderBy(alertDeliveries.kind);

describe("the end of an alert", () => {
  test("is told once where its beginning was: what was wrong, from when to when", async () => {
    await createAlertChannel(admin(), { kind: "email", name: "Desk", target: "ops@example.com" });
    await become("critical");
    await deliver();
    const begunAt = new Date(clock.nowMs()).toISOString();
    clock.advance(5 * MINUTE_MS);
    const endedAt = new Date(clock.nowMs()).toISOString();
    await Promise.all([become(null), look()]);
    await Promise.all([deliver(), deliver()]);
    await deliver();
    expect(types()).toEqual(["begun", "begun.resolved"]);
    const [begun, ended] = taken;
    expect(begun?.message).toMatchObject({ timestamp: begunAt, data: { resolvedAt: null, endedAs: null } });
    expect(ended?.message).toMatchObject({
      timestamp: endedAt,
      data: {
        id: begun?.message.data.id,
        title: "The canary fails",
        firedAt: begunAt,
        resolvedAt: endedAt,
        endedAs: "over",
      },
    });
    expect(ended?.id).not.toBe(begun?.id);
    expect(mails.map(({ subject }) => subject)).toEqual([
      "[MCP Stack] The canary fails",
      "[MCP Stack] Over: The canary fails",
    ]);
    expect(mails[1]?.text).toContain(`From ${begunAt} to ${endedAt}.`);
    const listed = await listAlertDeliveries(admin(), {});
    expect(listed.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual([
      "begun delivered",
      "begun delivered",
      "resolved delivered",
      "resolved delivered",
    ]);
  });

  test("keeps its id until it is taken, and follows a beginning that is still on its way", async () => {
    await become("critical");
    answer = 503;
    await deliver();
    await become(null);
    await deliver();
    expect((await stored()).map(({ kind, attempts }) => `${kind} ${attempts}`)).toEqual([
      "begun 1",
      "resolved 0",
    ]);
    const waiting = (await stored()).at(-1)?.id;
    answer = 200;
    clock.advance(MINUTE_MS);
    await deliver();
    expect(types()).toEqual(["begun", "begun.resolved"]);
    expect(taken[1]?.id).toBe(waiting);
  });

  test("is not told of an alert that nobody heard of; sent again by hand, both are", async () => {
    answer = 500;
    await become("critical");
    for (let tries = 0; tries < alertAttemptsMax - 1; tries++) {
      await deliver();
      clock.advance(limits.money.alertRetryMsMax);
    }
    await become(null);
    await deliver();
    await deliver();
    expect((await stored()).map(({ kind, status }) => `${kind} ${status}`)).toEqual(["begun failed"]);
    answer = 200;
    await replayAlertDelivery(admin(), { delivery: (await stored())[0]?.id ?? "" });
    await deliver();
    expect(types()).toEqual(["begun", "begun.resolved"]);
  });

  test("withholds a beginning that was not sent yet", async () => {
    await become("critical");
    await become(null);
    await deliver();
    expect(taken).toEqual([]);
    expect((await stored()).map(({ kind, status }) => `${kind} ${status}`)).toEqual(["begun withheld"]);
  });

  test("says when it got worse, and when nobody looks any more", async () => {
    await become("warning");
    await deliver();
    await become("critical");
    await deliver();
    expect(taken.map(({ message: { data } }) => `${data.severity} ${data.endedAs}`).toSorted()).toEqual([
      "critical null",
      "warning null",
      "warning worse",
    ]);
    await updateAlertRule(admin(), { rule: rule.rule, isOn: false });
    await look();
    await deliver();
    expect(taken.at(-1)?.message.data).toMatchObject({ severity: "critical", endedAs: "unwatched" });
  });

  test("is told also when many deliveries came after the beginning", async () => {
    await become("critical");
    await deliver();
    const [begun] = await stored();
    if (!begun) throw new Error("nothing was stored");
    const later = Array.from({ length: alertDeliveriesKept + 1 }, (_, n) => ({
      ...begun,
      id: `ald_z${String(n).padStart(5, "0")}`,
      alertId: `alr_gone${n}`,
    }));
    await store.database.db.insert(alertDeliveries).values(later);
    expect(await deleteOldDeliveries(system())).toBe(1);
    await become(null);
    expect(await deleteOldDeliveries(system())).toBe(0);
    await deliver();
    expect(types()).toEqual(["begun", "begun.resolved"]);
  });
});

test("alerts that ended long ago go with their deliveries; those that last stay", async () => {
  await become("critical");
  await deliver();
  await become(null);
  await become("critical");
  clock.advance((limits.incidents.keptDays + 1) * 24 * 60 * MINUTE_MS);
  const never = new AbortController().signal;
  expect(await deleteOldAlerts(system(), never)).toBe(1);
  expect((await stored()).map(({ kind, status }) => `${kind} ${status}`)).toEqual(["begun waiting"]);
  await become(null);
  expect(await deleteOldAlerts(system(), never)).toBe(0);
});

describe("what comes and goes", () => {
  test("is told once in a while, worse at once, and for good when it stays", async () => {
    for (let looks = 0; looks < 30; looks++) {
      await become(looks % 2 === 0 ? "warning" : null);
      await deliver();
      clock.advance(15_000);
    }
    expect(types()).toEqual(["begun", "begun.resolved"]);
    await become("critical");
    await deliver();
    expect(types()).toHaveLength(3);
    await become(null);
    await become("warning");
    await deliver();
    clock.advance(alertAgainMsMin);
    await deliver();
    expect(types()).toEqual(["begun", "begun.resolved", "begun", "begun.resolved", "begun"]);
  });

  test("is an alert of its own each time, however close together and when the clock goes back", async () => {
    clock.advance(24 * 60 * MINUTE_MS);
    for (const backMs of [0, 0, 0, 60 * MINUTE_MS, 0, 60 * MINUTE_MS]) {
      clock.setWall(clock.nowMs() - backMs);
      severity = "critical";
      expect(await look()).toMatchObject({ raised: 1 });
      severity = null;
      expect(await look()).toMatchObject({ resolved: 1 });
    }
  });

  test("whatever happens in between, who hears of a beginning hears of its end, once and afterwards", async () => {
    const step = fc.constantFrom("warning", "critical", "ends", "deliver", "both", "refuse", "take", "wait");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        await reset();
        for (const one of steps) {
          if (one === "warning" || one === "critical") await become(one);
          else if (one === "ends") await become(null);
          else if (one === "deliver") await deliver();
          else if (one === "both") {
            severity = severity === null ? "critical" : null;
            await Promise.all([look(), deliver()]);
          } else if (one === "wait") clock.advance(2 * MINUTE_MS);
          else answer = one === "refuse" ? 503 : 200;
        }
        answer = 200;
        await become(null);
        for (let rounds = 0; rounds < 3; rounds++) {
          clock.advance(alertAgainMsMin);
          await deliver();
        }
        const told = Map.groupBy(taken, ({ message }) => message.data.id);
        for (const messages of told.values())
          expect(messages.map(({ message }) => message.type)).toEqual([
            "alert.canary_failed",
            "alert.canary_failed.resolved",
          ]);
        expect((await stored()).filter(({ status }) => status === "waiting")).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});
