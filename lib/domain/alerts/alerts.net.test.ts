import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { agents, alertDeliveries, alerts, budgetSpend } from "#drizzle/schema/index.ts";
import type { Mail, System } from "#lib/domain/access/index.ts";
import { createPublicFetch } from "#lib/http/public-fetch.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import {
  createAlertChannel,
  deliverAlerts,
  listAlertChannels,
  listAlertDeliveries,
  listAlerts,
  raiseAlert,
  raiseSpendAlerts,
  replayAlertDelivery,
  testAlertChannel,
  updateAlertChannel,
} from "./index.ts";

interface Received {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

let own: GatewayFixture;
let receiver: Server;
let received: Received[] = [];
let status = 200;
const mails: Mail[] = [];
let nowMs = Date.UTC(2026, 10, 20, 12);
let system: System;
beforeAll(async () => {
  own = await gatewayFixture();
  receiver = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      received.push({ headers: req.headers, body: Buffer.concat(chunks).toString() });
      res.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  system = {
    ...own.system,
    clock: { ...own.system.clock, nowMs: () => nowMs },
    doors: {
      ...own.system.doors,
      publicFetch: createPublicFetch({ ownOrigin: "http://127.0.0.1:3000", allowPrivate: true }),
      mail: async (mail) => {
        mails.push(mail);
      },
    },
  };
});
afterAll(async () => {
  await new Promise((resolve) => receiver.close(resolve));
  await own.store.close();
});
beforeEach(async () => {
  received = [];
  status = 200;
  await own.store.database.db.delete(alertDeliveries);
});
const as = (role: "owner" | "admin" | "viewer") => ({
  ...own.as(role),
  clock: system.clock,
  doors: system.doors,
});
const url = (path: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;
const alert = (over: object = {}) => ({
  organizationId: own.as("owner").organization.id,
  rule: "credits_used",
  scope: "organization",
  threshold: 80,
  severity: "warning" as const,
  title: "80 % of the credits are used",
  detail: "…",
  path: "/settings/billing",
  periodStart: new Date(Date.UTC(2026, 10, 1)),
  ...over,
});
const raise = (over: object = {}) =>
  raiseAlert({ db: own.store.database.db, clock: system.clock, ids: system.ids }, alert(over));

test("a line is told once per period, however many look at once", async () => {
  const raised = await Promise.all(Array.from({ length: 12 }, () => raise()));
  expect(raised.filter((id) => id !== null)).toHaveLength(1);
  expect(await raise()).toBeNull();
  expect(await raise({ periodStart: new Date(Date.UTC(2026, 11, 1)) })).not.toBeNull();
  const page = await listAlerts(as("admin"), { pageSize: 1 });
  expect(page).toMatchObject({ total: 2, data: [expect.objectContaining({ threshold: 80 })] });
  const next = await listAlerts(as("admin"), { pageSize: 1, cursor: page.nextCursor ?? "" });
  expect(next.data[0]?.id).not.toBe(page.data[0]?.id);
  await expect(listAlerts(as("admin"), { cursor: "alr_no" })).rejects.toMatchObject({
    code: "invalid_input",
  });
});

describe("a webhook", () => {
  test("gets the alert signed as Standard Webhooks say, and is told again under the same id until it takes it", async () => {
    const channel = await createAlertChannel(as("admin"), {
      kind: "webhook",
      name: "On call",
      target: url("/a"),
    });
    status = 503;
    const id = await raise({ rule: "top_up_failed", threshold: 0 });
    expect(await deliverAlerts(system)).toEqual({ delivered: 0, retried: 1, failed: 0 });
    expect(await deliverAlerts(system), "not before its time").toEqual({
      delivered: 0,
      retried: 0,
      failed: 0,
    });
    status = 204;
    nowMs += 1_000;
    expect(await deliverAlerts(system)).toEqual({ delivered: 1, retried: 0, failed: 0 });
    expect(received).toHaveLength(2);
    const [first, second] = received;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    const key = Buffer.from((channel.secret ?? "").replace("whsec_", ""), "base64");
    const signed = `${second?.headers["webhook-id"]}.${second?.headers["webhook-timestamp"]}.${second?.body}`;
    expect(second?.headers["webhook-signature"]).toBe(
      `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
    );
    expect(JSON.parse(second?.body ?? "")).toMatchObject({
      type: "alert.top_up_failed",
      data: { id, url: expect.stringContaining("/settings/billing") },
    });
    expect((await listAlertDeliveries(as("admin"), {})).find(({ alertId }) => alertId === id)).toMatchObject({
      status: "delivered",
      attempts: 2,
    });
    expect((await listAlertChannels(as("admin"), {}))[0]).toMatchObject({
      lastDelivery: { status: "delivered", message: null },
    });
    expect(JSON.stringify(await listAlertChannels(as("admin"), {}))).not.toContain("whsec_");
  });

  test("that takes nothing for a day has failed, and can be told again by hand", async () => {
    const { deliveryId } = await testAlertChannel(as("admin"), {
      channel: (await listAlertChannels(as("admin"), {}))[0]?.id ?? "",
    });
    status = 500;
    let tries = 0;
    for (; tries < 40; tries++) {
      const ended = await deliverAlerts(system);
      if (ended.failed === 1) break;
      nowMs += 3_600_000;
    }
    const failed = (await listAlertDeliveries(as("admin"), {})).find(({ id }) => id === deliveryId);
    expect(failed).toMatchObject({ status: "failed", message: "The receiver answered 500." });
    status = 200;
    await replayAlertDelivery(as("admin"), { delivery: deliveryId });
    expect((await deliverAlerts(system)).delivered).toBe(1);
    expect(received.at(-1)?.headers["webhook-id"]).toBe(deliveryId);
  });

  test("that is turned off gets nothing, and one inside the private network is refused", async () => {
    const [channel] = await listAlertChannels(as("admin"), {});
    await raise({ rule: "ledger_drift" });
    await updateAlertChannel(as("admin"), { channel: channel?.id ?? "", isOn: false });
    expect(await deliverAlerts(system)).toEqual({ delivered: 0, retried: 0, failed: 1 });
    expect(received).toHaveLength(0);
    await updateAlertChannel(as("admin"), { channel: channel?.id ?? "", isOn: true });
    const disputed = await raise({ rule: "payment_disputed" });
    const guarded = createPublicFetch({ ownOrigin: "http://127.0.0.1:3000", allowPrivate: false });
    await deliverAlerts({ ...system, doors: { ...system.doors, publicFetch: guarded } });
    expect(received).toHaveLength(0);
    const deliveries = await listAlertDeliveries(as("admin"), {});
    expect(deliveries.find(({ alertId }) => alertId === disputed)).toMatchObject({
      status: "waiting",
      message: expect.stringContaining("could not be sent"),
    });
  });
});

test("an e-mail says what happened and where to look; without a mail server it is refused with the way on", async () => {
  await createAlertChannel(as("admin"), { kind: "email", name: "Finance", target: "money@example.com" });
  await raise({ rule: "credits_used", threshold: 95 });
  await deliverAlerts(system);
  expect(mails.at(-1)).toMatchObject({
    to: "money@example.com",
    subject: "[MCP Stack] 80 % of the credits are used",
    text: expect.stringContaining("/settings/billing"),
  });
  const silent = { ...as("admin"), doors: { ...system.doors, mail: null } };
  await expect(
    createAlertChannel(silent, { kind: "email", name: "No", target: "a@example.com" }),
  ).rejects.toMatchObject({ message: expect.stringContaining("MCPSTACK_SMTP_URL") });
});

test("an agent's budget is told at each of its thresholds by what is spent, once a month", async () => {
  const { db } = own.store.database;
  const organizationId = own.as("owner").organization.id;
  const agentId = system.ids.id("agt");
  await db.insert(agents).values({
    organizationId,
    id: agentId,
    name: `Spender ${agentId}`,
    monthlyCapMicros: 9_007_199_254_740_993n,
  });
  const spend = (spentMicros: bigint) =>
    db
      .insert(budgetSpend)
      .values({
        organizationId,
        scopeKind: "agent",
        scopeId: agentId,
        period: new Date(nowMs).toISOString().slice(0, 7),
        agentId,
        spentMicros,
        updatedAt: new Date(nowMs),
      })
      .onConflictDoUpdate({
        target: [budgetSpend.organizationId, budgetSpend.scopeKind, budgetSpend.scopeId, budgetSpend.period],
        set: { spentMicros },
      });
  const told = async () =>
    (await db.select().from(alerts).where(eq(alerts.scope, agentId)))
      .map(({ threshold }) => threshold)
      .sort((a, b) => a - b);
  await spend(4_503_599_627_370_496n);
  await raiseSpendAlerts(system);
  expect(await told(), "one micro below half").toEqual([]);
  await spend(4_503_599_627_370_497n);
  await raiseSpendAlerts(system);
  expect(await told()).toEqual([50]);
  await spend(9_007_199_254_740_993n);
  await Promise.all([raiseSpendAlerts(system), raiseSpendAlerts(system)]);
  expect(await told()).toEqual([50, 80, 95, 100]);
});
