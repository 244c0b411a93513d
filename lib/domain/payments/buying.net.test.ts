import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "#lib/http/routes/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  bearer,
  signedIn,
  type TestDatabase,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { deliver, openBuyer, openPaymentDesk } from "#lib/testing/payment-desk.ts";
import {
  catchUpOnPayments,
  listPaymentNotices,
  listPurchases,
  retryPaymentEvents,
  syncCheckoutSession,
} from "./index.ts";

let test: TestDatabase;
let desk: Awaited<ReturnType<typeof openPaymentDesk>>;
const signal = new AbortController().signal;
beforeAll(async () => {
  test = await testDatabase();
  desk = await openPaymentDesk(test);
});
afterAll(async () => {
  await desk.fake.close();
  await test.close();
});

const newBuyer = () => openBuyer(test, desk.system, desk.fake);
const available = async (organizationId: string): Promise<string> => {
  const [row] = await test.database.sql`
    select balance_micros from ledger_accounts where organization_id = ${organizationId} and kind = 'available'`;
  return row?.balance_micros ?? "0";
};

it("the same key again goes on with the same checkout, also after the provider did not answer", async () => {
  const { organization } = await newBuyer();
  const api = testApi(desk.system, routes);
  const as = await signedIn(organization, "owner");
  const ask = (body: unknown = { creditAmountUsd: 50 }, key = "buy-1") =>
    api.call<{ id: string; url: string; code: string }>(
      "POST",
      `/organizations/${organization.slug}/ai-credits/checkout-session`,
      { as, body, headers: { "idempotency-key": key } },
    );
  // Stripe's client itself tries again; all of its tries fail.
  const tries = limits.money.paymentRetriesMax + 1;
  desk.fake.troubles.push(...Array.from({ length: tries }, () => ({ status: 500 })));
  expect((await ask()).status).toBe(502);
  const first = await ask();
  const again = await ask();
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(first.body.url).toMatch(/^https:\/\/checkout\.stripe\.test\//);
  expect(again.body).toEqual(first.body);
  expect((await ask({ creditAmountUsd: 51 })).status).toBe(422);
  expect((await ask({ creditAmountUsd: 50 }, "")).status).toBe(400);
  for (const creditAmountUsd of [4, -5, 5.5, "50", 50_001, null, Number.MAX_SAFE_INTEGER])
    expect((await ask({ creditAmountUsd }, `bad-${creditAmountUsd}`)).status).toBe(400);
  const mine = [...desk.fake.sessions.values()].filter(
    (session) => session.client_reference_id === first.body.id,
  );
  expect(mine).toHaveLength(1);
  const path = `/organizations/${organization.slug}/ai-credits/checkout-session/${first.body.id}`;
  expect((await api.call("GET", path, { as })).body).toEqual(first.body);
  const stranger = await newBuyer();
  const theirs = path.replace(organization.slug, stranger.organization.slug);
  expect((await api.call("GET", theirs, { as: await signedIn(stranger.organization, "owner") })).status).toBe(
    404,
  );
  const reader = await bearer(api.system, organization, ["billing:read"]);
  expect((await api.call("POST", `${path}/sync`, { as: reader })).status).toBe(403);
});

it("without a provider, buying says how it is set up and what to do instead", async () => {
  const { organization } = await newBuyer();
  const api = testApi(testSystem({ database: test.database }), routes);
  const answer = await api.call<{ code: string; detail: string }>(
    "POST",
    `/organizations/${organization.slug}/ai-credits/checkout-session`,
    {
      as: await signedIn(organization, "owner"),
      body: { creditAmountUsd: 50 },
      headers: { "idempotency-key": "k" },
    },
  );
  expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
  expect(answer.body.detail).toMatch(/STRIPE_SECRET_KEY.*grant credits by hand/);
});

it("sync grants what was paid without any webhook, and the webhooks that come later grant nothing more", async () => {
  const { fake } = desk;
  const { ctx, organization, buy } = await newBuyer();
  const { id, ref } = await buy(20);
  expect(await syncCheckoutSession(ctx, { session: id })).toMatchObject({ status: "open", txId: null });
  const first = fake.events.length;
  const payment = fake.pay(ref);
  fake.refund(payment, 500);
  for (let again = 0; again < 2; again++) {
    expect(await syncCheckoutSession(ctx, { session: id })).toMatchObject({
      status: "paid",
      url: null,
      amountMicros: "20000000",
      txId: expect.stringMatching(/^tx_/),
    });
    expect(await available(organization.id)).toBe("15000000");
  }
  for (const event of fake.events.slice(first)) await deliver(desk, event);
  expect(await available(organization.id)).toBe("15000000");
  expect(await listPurchases(ctx, {})).toMatchObject([
    { amountMicros: "20000000", refundedMicros: "5000000", status: "partly_refunded", origin: "checkout" },
  ]);
});

it("two processes that hear of one payment at once grant it once", async () => {
  const { fake } = desk;
  const { ctx, organization, buy } = await newBuyer();
  const { id, ref } = await buy(20);
  const first = fake.events.length;
  fake.refund(fake.pay(ref), 700);
  const events = fake.events.slice(first);
  await Promise.all([
    ...[...events, ...events, ...events].map((event) => deliver(desk, event)),
    syncCheckoutSession(ctx, { session: id }),
  ]);
  expect(await available(organization.id)).toBe("13000000");
  const rows = await test.database
    .sql`select state from payment_events where event_id = any(${events.map(({ id }) => id)})`;
  expect(rows.map(({ state }) => state)).toEqual(events.map(() => "applied"));
});

it("events whose webhooks were lost are found in the provider's list, once", async () => {
  const { fake, system } = desk;
  const { organization, buy } = await newBuyer();
  const payment = fake.pay((await buy(20)).ref);
  // More than one page of the list.
  for (let count = 0; count < 40; count++) fake.refund(payment, 10);
  expect(await catchUpOnPayments(system, signal)).toBeGreaterThan(110);
  expect(await available(organization.id)).toBe(String(20_000_000 - 40 * 100_000));
  expect(await catchUpOnPayments(system, signal)).toBe(0);
});

it("a refund of an unknown payment waits for it, and is forgotten when nobody here is paid by it", async () => {
  const { fake, system, clock } = desk;
  const first = fake.events.length;
  fake.refund(fake.foreignPayment(), 100);
  const [event] = fake.events.slice(first);
  if (!event) throw new Error("no event");
  expect(await deliver(desk, event)).toBe("waiting");
  expect(await retryPaymentEvents(system, signal)).toBe(0);
  clock.advance(limits.money.paymentEventWaitMs + 1);
  await retryPaymentEvents(system, signal);
  const [row] = await test.database.sql`select state from payment_events where event_id = ${event.id}`;
  expect(row?.state).toBe("ignored");
});

it("an event that could not be applied is kept, told, and applied by the retries once it can be", async () => {
  const { fake, system, clock } = desk;
  const { ctx, organization, buy } = await newBuyer();
  const first = fake.events.length;
  fake.pay((await buy(20)).ref);
  const paid = fake.events.slice(first).find(({ type }) => type === "checkout.session.completed");
  if (!paid) throw new Error("no event");
  await test.database.sql`alter table payments rename to payments_gone`;
  expect(await deliver(desk, paid)).toBe("failed");
  await test.database.sql`alter table payments_gone rename to payments`;
  expect(await available(organization.id)).toBe("0");
  clock.advance(120_000);
  expect(await retryPaymentEvents(system, signal)).toBe(1);
  expect(await available(organization.id)).toBe("20000000");
  expect(await listPaymentNotices(ctx.database.db, organization.id, clock.nowMs())).toEqual([]);
});

it("a payment in another currency and an open dispute are told to the organization", async () => {
  const { fake, clock } = desk;
  const { ctx, organization, buy } = await newBuyer();
  const first = fake.events.length;
  fake.pay((await buy(20)).ref, { currency: "eur" });
  fake.dispute(fake.pay((await buy(20)).ref));
  for (const event of fake.events.slice(first)) await deliver(desk, event);
  const notices = await listPaymentNotices(ctx.database.db, organization.id, clock.nowMs());
  // Two events told of the one payment in euros.
  expect(notices.map(({ message }) => message)).toEqual([
    expect.stringContaining("disputed"),
    expect.stringContaining("EUR"),
  ]);
  expect(await listPurchases(ctx, {})).toMatchObject([{ status: "disputed", disputedMicros: "20000000" }]);
  const raised = await test.database.sql`select rule from alerts where organization_id = ${organization.id}`;
  expect(raised).toEqual([{ rule: "payment_disputed" }]);
});
