import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planVersions } from "#drizzle/schema/index.ts";
import { reconcile } from "#lib/domain/ledger/index.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/index.ts";
import { ledgerFixture } from "#lib/testing/ledger-fixture.ts";
import { deliver, openBuyer, openPaymentDesk } from "#lib/testing/payment-desk.ts";

type Desk = Awaited<ReturnType<typeof openPaymentDesk>>;
type Buyer = Awaited<ReturnType<typeof openBuyer>>;
/** What happens at the provider and, between its events, here. Answers what is spent of the credits, in micros. */
type Scenario = (desk: Desk, buyer: Buyer) => Promise<bigint>;

let test: TestDatabase;
const desks: Desk[] = [];
beforeAll(async () => {
  test = await testDatabase();
  // A dollar a call: what is spent can be computed again.
  await test.database.db.insert(planVersions).values({
    plan: "test",
    version: 1,
    name: "Test",
    caps: {},
    perCallMicros: 1_000_000n,
    per100MsMicros: 0n,
    per64KibMicros: 0n,
    effectiveAt: new Date(0),
  });
  for (const apiVersion of ["old", "new"] as const) desks.push(await openPaymentDesk(test, { apiVersion }));
});
afterAll(async () => {
  for (const { fake } of desks) await fake.close();
  await test.close();
});

const paidFor = async ({ fake }: Desk, buyer: Buyer, usd: number): Promise<string> =>
  fake.pay((await buyer.buy(usd)).ref);

const SCENARIOS: Record<string, Scenario> = {
  paid: async (desk, buyer) => {
    await paidFor(desk, buyer, 20);
    return 0n;
  },
  "paid later": async ({ fake }, buyer) => {
    const { ref } = await buyer.buy(20);
    fake.pay(ref, { later: true });
    fake.settle(ref, true);
    return 0n;
  },
  "pending, then failed": async ({ fake }, buyer) => {
    const { ref } = await buyer.buy(20);
    fake.pay(ref, { later: true });
    fake.settle(ref, false);
    return 0n;
  },
  expired: async ({ fake }, buyer) => {
    fake.expire((await buyer.buy(20)).ref);
    return 0n;
  },
  "partly refunded": async (desk, buyer) => {
    desk.fake.refund(await paidFor(desk, buyer, 20), 500);
    return 3_000_000n;
  },
  "refunded in two parts": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    desk.fake.refund(payment, 500);
    desk.fake.refund(payment, 700);
    return 0n;
  },
  "refunded in full": async (desk, buyer) => {
    desk.fake.refund(await paidFor(desk, buyer, 20), 2_000);
    return 0n;
  },
  "a refund that failed": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    desk.fake.failRefund(payment, desk.fake.refund(payment, 2_000, "pending"));
    return 4_000_000n;
  },
  "a refund that failed, and a smaller one": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    desk.fake.failRefund(payment, desk.fake.refund(payment, 1_500));
    desk.fake.refund(payment, 300);
    return 0n;
  },
  "a dispute that is lost": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    desk.fake.decide(payment, desk.fake.dispute(payment), "lost");
    return 0n;
  },
  "a dispute that is won": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    desk.fake.decide(payment, desk.fake.dispute(payment), "won");
    return 5_000_000n;
  },
  "refunded while it is disputed": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    const dispute = desk.fake.dispute(payment, 1_500);
    desk.fake.refund(payment, 1_000);
    desk.fake.decide(payment, dispute, "lost");
    return 0n;
  },
  "a refund after a dispute that was won": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    desk.fake.decide(payment, desk.fake.dispute(payment), "won");
    desk.fake.refund(payment, 2_000);
    return 1_000_000n;
  },
  "charged back after it was spent": async (desk, buyer) => {
    const payment = await paidFor(desk, buyer, 20);
    desk.fake.decide(payment, desk.fake.dispute(payment), "lost");
    return 20_000_000n;
  },
  "two payments, one of them refunded after it was spent": async (desk, buyer) => {
    const first = await paidFor(desk, buyer, 20);
    await paidFor(desk, buyer, 10);
    desk.fake.refund(first, 2_000);
    return 25_000_000n;
  },
  "another currency": async ({ fake }, buyer) => {
    const payment = fake.pay((await buyer.buy(20)).ref, { currency: "eur" });
    fake.refund(payment, 500);
    return 0n;
  },
  "payments of somebody else in the same account": async (desk, buyer) => {
    const { fake } = desk;
    const payment = fake.foreignPayment();
    fake.refund(payment, 500);
    fake.dispute(payment);
    await paidFor(desk, buyer, 20);
    fake.emit("invoice.paid", { id: "in_1", object: "invoice" });
    fake.emit("customer.subscription.updated", { id: "sub_1", object: "subscription" });
    return 0n;
  },
  "the card is removed and the customer deleted": async (desk, buyer) => {
    const { fake } = desk;
    const { ref } = await buyer.buy(20);
    const payment = fake.pay(ref);
    const customer = fake.sessions.get(ref)?.customer as string;
    fake.detach(fake.saveCard(customer, "card-2"));
    fake.deleteCustomer(customer);
    fake.refund(payment, 500);
    return 0n;
  },
};

/** The books as far as money is concerned: every account, what is left of credits, and what payments came to. */
async function booksOf(organizationId: string) {
  const { sql } = test.database;
  return {
    accounts: await sql`
      select kind, balance_micros as balance from ledger_accounts where organization_id = ${organizationId} order by kind`,
    left: await sql`
      select coalesce(sum(remaining_micros), 0) as remaining from credit_grants where organization_id = ${organizationId}`,
    payments: await sql`
      select granted_micros, posted_micros, target_micros, origin from payments
      where organization_id = ${organizationId} order by 1, 2`,
    checkouts: await sql`
      select status, amount_micros from checkout_sessions where organization_id = ${organizationId} order by 1, 2`,
  };
}

function callFor(books: ReturnType<typeof ledgerFixture>, spent: bigint) {
  const call = books.call(spent);
  const units = { calls: Number(spent / 1_000_000n), hundredMs: 0, kib64: 0 };
  return { ...call, charge: { ...call.charge, units } };
}

/** Lets the scenario happen to a new organization and delivers its events in the order of `draws`, some of them again. */
async function runScenario(
  desk: Desk,
  scenario: Scenario,
  draws: { order: number[]; again: number[] } | null,
) {
  const buyer = await openBuyer(test, desk.system, desk.fake);
  const first = desk.fake.events.length;
  const spent = await scenario(desk, buyer);
  const events = desk.fake.events.slice(first);
  const books = ledgerFixture(test, buyer.organization.id, desk.clock);
  const call = spent > 0n ? callFor(books, spent) : null;
  const steps: (() => Promise<unknown>)[] = [
    ...events.map((event) => () => deliver(desk, event)),
    ...(call ? [() => books.settle([call])] : []),
  ];
  const again = (draws?.again ?? []).map((index) => steps[index % steps.length] as () => Promise<unknown>);
  const all = [...steps, ...again].map((step, index) => ({ step, rank: draws?.order[index] ?? index }));
  for (const { step } of all.sort((left, right) => left.rank - right.rank)) await step();
  const { status, checks } = await reconcile(test.database, buyer.organization.id, desk.clock.nowMs());
  expect({ status, drift: checks.filter((check) => check.status === "drift") }).toEqual({
    status: "balanced",
    drift: [],
  });
  return booksOf(buyer.organization.id);
}

const RUNS = Number(process.env.PAYMENT_RUNS ?? 3);
const draws = fc.record({
  order: fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 40, maxLength: 40 }),
  again: fc.array(fc.nat(1_000), { maxLength: 5 }),
});

describe("events in any order and any number end in the same books", () => {
  it.each(Object.entries(SCENARIOS))("%s", async (_name, scenario) => {
    for (const desk of desks) {
      const expected = await runScenario(desk, scenario, null);
      await fc.assert(
        fc.asyncProperty(draws, async (drawn) => {
          expect(await runScenario(desk, scenario, drawn)).toEqual(expected);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    }
  });
});

it("what the scenarios come to, so that all of them agreeing on nonsense would be seen", async () => {
  const desk = desks[1] as Desk;
  const balanceOf = async (name: string) => {
    const { accounts } = await runScenario(desk, SCENARIOS[name] as Scenario, null);
    const of = (kind: string) => accounts.find((account) => account.kind === kind)?.balance ?? "0";
    return [of("available"), of("debt"), of("refunded"), of("payments")];
  };
  expect(await balanceOf("paid")).toEqual(["20000000", "0", "0", "-20000000"]);
  expect(await balanceOf("paid later")).toEqual(["20000000", "0", "0", "-20000000"]);
  expect(await balanceOf("pending, then failed")).toEqual(["0", "0", "0", "0"]);
  expect(await balanceOf("refunded in two parts")).toEqual(["8000000", "0", "12000000", "-20000000"]);
  expect(await balanceOf("a refund that failed")).toEqual(["16000000", "0", "0", "-20000000"]);
  expect(await balanceOf("a refund that failed, and a smaller one")).toEqual([
    "17000000",
    "0",
    "3000000",
    "-20000000",
  ]);
  expect(await balanceOf("a dispute that is lost")).toEqual(["0", "0", "20000000", "-20000000"]);
  expect(await balanceOf("a dispute that is won")).toEqual(["15000000", "0", "0", "-20000000"]);
  expect(await balanceOf("refunded while it is disputed")).toEqual(["0", "0", "20000000", "-20000000"]);
  expect(await balanceOf("charged back after it was spent")).toEqual([
    "0",
    "-20000000",
    "20000000",
    "-20000000",
  ]);
  expect(await balanceOf("another currency")).toEqual(["0", "0", "0", "0"]);
});
