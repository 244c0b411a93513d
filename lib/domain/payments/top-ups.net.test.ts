import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/index.ts";
import { ledgerFixture } from "#lib/testing/ledger-fixture.ts";
import { deliver, openPaymentDesk } from "#lib/testing/payment-desk.ts";
import { getAutoTopUp, resumeAutoTopUp, runTopUps, setAutoTopUp } from "./index.ts";

const { topUpFailureRestMs, topUpAttemptsWindowMs, topUpAskAgainMs, topUpGiveUpMs, paymentRetriesMax } =
  limits.money;
const SETTINGS = { isOn: true, thresholdMicros: "10000000", amountUsd: 20, monthlyMaxUsd: 100 };
const signal = new AbortController().signal;

let test: TestDatabase;
let desk: Awaited<ReturnType<typeof openPaymentDesk>>;
let close: (() => Promise<void>)[] = [];
beforeAll(async () => {
  test = await testDatabase();
});
afterAll(async () => {
  for (const end of close) await end();
  close = [];
  await test.close();
});

/** A desk of its own whose buyer has paid 20 USD once, has saved a card and auto top-up on. */
beforeEach(async () => {
  await test.database.sql`update billing_settings set top_up_is_on = false`;
  desk = await openPaymentDesk(test);
  close.push(desk.fake.close);
  desk.fake.pay((await desk.buy(20)).ref);
  await deliverAll();
  await setAutoTopUp(desk.ctx, SETTINGS);
});

let delivered = 0;
async function deliverAll(): Promise<void> {
  for (const event of desk.fake.events) {
    delivered += 1;
    await deliver(desk, event);
  }
}
const spend = (usd: number) => {
  const books = ledgerFixture(test, desk.organization.id, desk.clock);
  return books.settle([books.call(BigInt(usd) * 1_000_000n)]);
};
const run = () => runTopUps(desk.system, signal);
const topUp = () => getAutoTopUp(desk.ctx, {});
const balance = async (): Promise<string> => {
  const [row] = await test.database.sql`
    select sum(balance_micros) as sum from ledger_accounts
    where organization_id = ${desk.organization.id} and kind in ('available', 'debt')`;
  return row?.sum ?? "0";
};
const charges = () => desk.fake.requests.filter(({ path }) => path === "/v1/payment_intents");

it("buys when the balance is below the threshold, and not before", async () => {
  await spend(10);
  expect([await run(), await balance()]).toEqual([0, "10000000"]);
  await spend(1);
  expect([await run(), await balance()]).toEqual([1, "29000000"]);
  expect(await run()).toBe(0);
  await deliverAll();
  expect(await balance()).toBe("29000000");
  expect(await topUp()).toMatchObject({ spentThisMonthUsd: 20, lastAttempt: { status: "succeeded" } });
  expect(delivered).toBeGreaterThan(0);
});

it("never buys beyond the monthly maximum, nor more than twice in ten minutes", async () => {
  await setAutoTopUp(desk.ctx, { ...SETTINGS, monthlyMaxUsd: 60 });
  for (const [spent, asked] of [
    [15, 1],
    [20, 1],
    [20, 0],
  ] as const) {
    await spend(spent);
    expect(await run()).toBe(asked);
  }
  desk.clock.advance(topUpAttemptsWindowMs + 1_000);
  expect(await run()).toBe(1);
  await spend(40);
  desk.clock.advance(topUpAttemptsWindowMs + 1_000);
  expect(await run()).toBe(0);
  expect(await topUp()).toMatchObject({ spentThisMonthUsd: 60 });
});

it("a charge whose answer was lost is asked for again by the same key: nobody is charged twice", async () => {
  await spend(15);
  // The charge happens; its answer is lost in every try of the client.
  desk.fake.troubles.push(...Array.from({ length: paymentRetriesMax + 1 }, () => "lost_answer" as const));
  expect(await run()).toBe(1);
  expect(await topUp()).toMatchObject({ lastAttempt: { status: "pending" } });
  expect(await run()).toBe(0);
  desk.clock.advance(topUpAskAgainMs + 1_000);
  expect(await run()).toBe(1);
  expect(await balance()).toBe("25000000");
  expect(new Set(charges().map(({ key }) => key)).size).toBe(1);
  await deliverAll();
  expect(await balance()).toBe("25000000");
});

it("a webhook ends an attempt whose answer was lost", async () => {
  await spend(15);
  desk.fake.troubles.push(...Array.from({ length: paymentRetriesMax + 1 }, () => "lost_answer" as const));
  await run();
  await deliverAll();
  expect(await topUp()).toMatchObject({ lastAttempt: { status: "succeeded" } });
  expect(await balance()).toBe("25000000");
});

it("an attempt that gets no answer in a day counts as failed", async () => {
  await spend(15);
  desk.fake.troubles.push(...Array.from({ length: paymentRetriesMax + 1 }, () => "lost_request" as const));
  await run();
  desk.clock.advance(topUpGiveUpMs + 1_000);
  desk.fake.troubles.push(...Array.from({ length: paymentRetriesMax + 1 }, () => "lost_request" as const));
  await run();
  expect(await topUp()).toMatchObject({ breaker: { failures: 1, state: "resting" } });
});

it("rests for an hour after a failure, and stops after three in a row until an owner resumes it", async () => {
  await spend(15);
  for (let failures = 1; failures <= 3; failures++) {
    desk.fake.declines.push("card_declined");
    expect(await run()).toBe(1);
    expect(await topUp()).toMatchObject({
      breaker: {
        failures,
        state: failures < 3 ? "resting" : "open",
        reason: expect.stringMatching(/declined/),
      },
    });
    expect(await run()).toBe(0);
    await deliverAll();
    expect(await topUp()).toMatchObject({ breaker: { failures } });
    desk.clock.advance(topUpFailureRestMs + 1_000);
  }
  expect(await run()).toBe(0);
  const alerts = await test.database.sql`
    select severity from alerts where organization_id = ${desk.organization.id} and rule = 'top_up_failed' order by fired_at`;
  expect(alerts.map(({ severity }) => severity)).toEqual(["warning", "warning", "critical"]);
  expect(await resumeAutoTopUp(desk.ctx, {})).toMatchObject({ breaker: { failures: 0, state: "closed" } });
  expect(await run()).toBe(1);
  expect(await balance()).toBe("25000000");
});

it("another card closes the breaker; the same card again does not", async () => {
  await spend(15);
  for (let count = 0; count < 3; count++) {
    desk.fake.declines.push("authentication_required");
    await run();
    desk.clock.advance(topUpFailureRestMs + 1_000);
  }
  const customer = [...desk.fake.sessions.values()][0]?.customer as string;
  desk.fake.detach(desk.fake.saveCard(customer, "card-1"));
  desk.fake.saveCard(customer, "card-1");
  await deliverAll();
  expect(await topUp()).toMatchObject({ breaker: { state: "open" } });
  desk.fake.saveCard(customer, "card-2");
  await deliverAll();
  expect(await topUp()).toMatchObject({ breaker: { state: "closed" } });
  expect(await run()).toBe(1);
});

it("buys nothing while a dispute is open, and goes on when it is decided", async () => {
  const payment = desk.fake.pay((await desk.buy(5)).ref);
  const dispute = desk.fake.dispute(payment);
  await deliverAll();
  await spend(15);
  expect(await run()).toBe(0);
  desk.fake.decide(payment, dispute, "won");
  await deliverAll();
  await spend(5);
  expect(await run()).toBe(1);
});

it("needs a saved card, and a monthly maximum that allows one top-up", async () => {
  await setAutoTopUp(desk.ctx, { ...SETTINGS, isOn: false });
  const customer = [...desk.fake.sessions.values()][0]?.customer as string;
  desk.fake.deleteCustomer(customer);
  await deliverAll();
  await expect(setAutoTopUp(desk.ctx, SETTINGS)).rejects.toMatchObject({ code: "conflict" });
  await expect(setAutoTopUp(desk.ctx, { ...SETTINGS, monthlyMaxUsd: 19 })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "monthlyMaxUsd" }],
  });
  for (const thresholdMicros of ["0", "-1", "1.5", "NaN", "9223372036854775808"])
    await expect(setAutoTopUp(desk.ctx, { ...SETTINGS, thresholdMicros })).rejects.toMatchObject({
      code: "invalid_input",
    });
});

it("two processes that run at once buy once", async () => {
  await spend(15);
  const asked = await Promise.all([run(), run(), run()]);
  expect(asked.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await balance()).toBe("25000000");
});
