import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPaymentWebhooks } from "#lib/data-plane/front-door/index.ts";
import { openDatabase } from "#lib/db/index.ts";
import { createStripeProvider } from "#lib/domain/payments/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { FakeEvent } from "#lib/testing/fake-payments.ts";
import { recordingLog, type TestDatabase, testDatabase } from "#lib/testing/index.ts";
import { NEXT_WEBHOOK_SECRET, openPaymentDesk } from "#lib/testing/payment-desk.ts";
import { takeWebhook } from "./index.ts";

let test: TestDatabase;
let desk: Awaited<ReturnType<typeof openPaymentDesk>>;
const servers: Server[] = [];
beforeAll(async () => {
  test = await testDatabase();
  desk = await openPaymentDesk(test);
});
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  await desk.fake.close();
  await test.close();
});

/** The door as the edge opens it, with a log that the test can read. */
async function openDoor(own: { system?: typeof desk.system; provider?: typeof desk.provider } = {}) {
  const log = recordingLog();
  const { system = desk.system, provider = desk.provider } = own;
  const door = createPaymentWebhooks({
    take: (body, signature) => takeWebhook(system, provider, body, signature),
    trustProxy: false,
    clock: systemClock,
    log,
  });
  const server = createServer((req, res) => {
    if (!door.handle(req, res)) res.writeHead(404).end("elsewhere");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`;
  return { url, log };
}

const send = async (url: string, body: string | Uint8Array<ArrayBuffer>, signature?: string) => {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: signature === undefined ? {} : { "stripe-signature": signature },
  });
  return { status: response.status, text: await response.text() };
};

const stored = async (): Promise<string[]> =>
  (await test.database.sql`select event_id from payment_events order by 1`).map(({ event_id }) => event_id);

const anEvent = (type = "checkout.session.completed"): FakeEvent =>
  desk.fake.emit(type, {
    id: `cs_unknown_${crypto.randomUUID()}`,
    payment_status: "paid",
    amount_total: 500,
    currency: "usd",
  });

it("answers 200 only for what was signed for us lately, and stores nothing of anything else", async () => {
  const { url } = await openDoor();
  const { fake, clock } = desk;
  const event = anEvent();
  const before = await stored();
  const tolerance = limits.money.webhookToleranceSeconds * 1_000;
  const good = fake.sign(event);
  const refused = [
    await send(url, event.body),
    await send(url, event.body, "t=1,v1=00"),
    await send(url, event.body, ""),
    await send(url, event.body, "\u00e9".repeat(10)),
    await send(url, event.body, fake.sign(event, { secret: "whsec_somebody_elses" })),
    await send(url, event.body, fake.sign(event, { atMs: clock.nowMs() - tolerance - 2_000 })),
    await send(url, `${event.body} `, good),
    await send(url, event.body.replace("500", "999"), good),
  ];
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
  expect(await stored()).toEqual(before);
  expect(
    (await send(url, event.body, fake.sign(event, { atMs: clock.nowMs() - tolerance + 2_000 }))).status,
  ).toBe(200);
  expect(await stored()).toEqual([...before, event.id].sort());
});

it("refuses signed bodies that are no event, and events of the other mode", async () => {
  const { url } = await openDoor();
  const { fake } = desk;
  const before = await stored();
  const live = { ...anEvent(), body: anEvent().body.replace('"livemode":false', '"livemode":true') };
  for (const body of ["", "{}", "null", "[]", '"text"', "{", live.body]) {
    const event = { id: "x", type: "x", body };
    expect([body, (await send(url, body, fake.sign(event))).status]).toEqual([body, 400]);
  }
  expect(await stored()).toEqual(before);
});

it("takes the secret that is rotated in, as well as the current one", async () => {
  const { url } = await openDoor();
  const event = anEvent();
  const signature = desk.fake.sign(event, { secret: NEXT_WEBHOOK_SECRET });
  expect((await send(url, event.body, signature)).status).toBe(200);
});

it("acknowledges types that say nothing about credits, and an event that comes again", async () => {
  const { url } = await openDoor();
  const event = anEvent("invoice.paid");
  for (let again = 0; again < 3; again++) {
    const answer = await send(url, event.body, desk.fake.sign(event));
    expect(answer).toEqual({ status: 200, text: '{"state":"ignored"}' });
  }
  expect((await stored()).filter((id) => id === event.id)).toHaveLength(1);
});

it("stores an event of a known type that cannot be read, for people to see", async () => {
  const { url } = await openDoor();
  const event = desk.fake.emit("charge.refunded", {
    id: "ch_1",
    payment_intent: "pi_1",
    amount_refunded: 1.5,
  });
  expect(await send(url, event.body, desk.fake.sign(event))).toEqual({
    status: 200,
    text: '{"state":"failed"}',
  });
});

it("answers 503 while the database is away, so that the provider sends it again", async () => {
  const away = openDatabase({
    url: "postgres://nobody:x@127.0.0.1:9/none",
    connectionsMax: 1,
    applicationName: "test",
  });
  const { url } = await openDoor({ system: { ...desk.system, database: away } });
  const event = anEvent();
  const signature = desk.fake.sign(event);
  expect((await send(url, event.body, signature)).status).toBe(503);
  expect(await stored()).not.toContain(event.id);
  await away.close(100);
  const { url: again } = await openDoor();
  expect((await send(again, event.body, signature)).status).toBe(200);
});

it("bounds what it reads, and takes nothing but POST", async () => {
  const { url } = await openDoor();
  const large = new Uint8Array(limits.money.webhookBytesMax + 1);
  expect((await send(url, large, "t=1,v1=00")).status).toBe(413);
  const streamed = await fetch(url, {
    method: "POST",
    body: new Blob([large]).stream(),
    duplex: "half",
  } as RequestInit);
  expect(streamed.status).toBe(413);
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(url.replace("/stripe", "/other"), { method: "POST" })).status).toBe(404);
});

it("stops listening to an address whose webhooks are refused again and again", async () => {
  const { url } = await openDoor();
  for (let count = 0; count < limits.money.webhookRefusalsMax; count++)
    expect((await send(url, "{}", "t=1,v1=00")).status).toBe(400);
  expect((await send(url, "{}", "t=1,v1=00")).status).toBe(429);
});

it("keeps no card number, and tells no secret to anybody", async () => {
  const { url, log } = await openDoor();
  const { ref } = await desk.buy(20);
  const first = desk.fake.events.length;
  desk.fake.refund(desk.fake.pay(ref), 500);
  for (const event of desk.fake.events.slice(first)) {
    expect(event.body.includes("4242424242424242")).toBe(event.type === "charge.refunded");
    expect((await send(url, event.body, desk.fake.sign(event))).status).toBe(200);
  }
  await send(url, "{}", "t=1,v1=00");
  const rows = await test.database.sql`select * from payment_events`;
  const told = JSON.stringify([rows, log]);
  expect(told).not.toContain("4242424242424242");
  expect(told).not.toContain("whsec_");
  expect(told).not.toContain("sk_test_");
});

it("without keys there is nothing there", async () => {
  const door = createPaymentWebhooks({
    take: null,
    trustProxy: false,
    clock: systemClock,
    log: recordingLog(),
  });
  const server = createServer((req, res) => void door.handle(req, res));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`;
  expect((await send(url, "{}")).status).toBe(404);
});

it("a provider of the live mode takes live events alone", () => {
  const live = createStripeProvider({
    secretKey: "sk_live_key_of_tests",
    webhookSecrets: [NEXT_WEBHOOK_SECRET],
    apiBase: desk.fake.url,
  });
  const event = anEvent();
  const signature = desk.fake.sign(event, { secret: NEXT_WEBHOOK_SECRET });
  expect(() => live.verifyWebhook(Buffer.from(event.body), signature, desk.clock.nowMs())).toThrow(
    /test mode/,
  );
});
