import { writeSync } from "node:fs";
import fc from "fast-check";
import { planVersions } from "#drizzle/schema/index.ts";
import { priceOf } from "#lib/data-plane/metering/tariff.ts";
import { openDatabase } from "#lib/db/index.ts";
import { raiseAlert } from "#lib/domain/alerts/raise-alert.ts";
import { reconcile } from "#lib/domain/ledger/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { splitMicros } from "#lib/kernel/money.ts";
import { fakeClock } from "../fake-clock.ts";
import { CREDITS, ledgerFixture } from "../ledger-fixture.ts";
import { sequence } from "../ledger-model/commands.ts";
import { countingIds, insertPrices, openLooking, runSequence } from "../ledger-model/model-run.ts";
import { deliver, openPaymentDesk } from "../payment-desk.ts";
import { createTestOrganization } from "../tenants.ts";
import { DEFECTS, type Guard } from "./defects.ts";

/**
 * Runs the guard of a defect (without one: all guards) and says on stdout what it found: `{ "found": null }` when it found
 * nothing. Lies in a copy of the repository that has the defect.
 */
export interface Proof {
  readonly found: string | null;
}

const SEED = 20_261_101;
const RANDOM_SEQUENCES = 150;
const HEALTHY_SEQUENCES = 10;

const { url, defect: name } = JSON.parse(process.argv[2] ?? "{}") as { url: string; defect: string | null };
const defect = DEFECTS.find((each) => each.name === name);
const database = openDatabase({ url, connectionsMax: 20, applicationName: "proof" });
const clock = fakeClock();

const GUARDS: Readonly<Record<Guard, () => Promise<void>>> = {
  async model() {
    await insertPrices(database);
    const looking = openLooking(url);
    const ids = countingIds();
    try {
      for (const { near } of defect ? [defect] : DEFECTS) {
        if (near) await runSequence(database, looking, ids, near);
      }
      const run = await fc.check(
        fc.asyncProperty(sequence, (commands) => runSequence(database, looking, ids, commands)),
        { numRuns: defect ? RANDOM_SEQUENCES : HEALTHY_SEQUENCES, seed: SEED, endOnFailure: true },
      );
      if (run.failed) throw run.errorInstance;
    } finally {
      await looking.end({ timeout: 1 });
    }
  },

  /** Many at once: what is set aside is there, and what is billed is billed once. */
  async races() {
    const { id } = await createTestOrganization(database, "races", "Races");
    const books = ledgerFixture({ url, database, close: async () => undefined }, id, clock);
    await books.grant(52n);
    const takes = await Promise.all(
      Array.from({ length: 30 }, (_, node) => books.take([CREDITS], { epoch: `node ${node}`, need: 5n })),
    );
    const granted = takes.filter(({ ok }) => ok).length;
    if (granted !== 10) throw new Error(`${granted} leases of 5 came from 52 micros`);
    await books.grant(1_000n);
    const calls = Array.from({ length: 10 }, () => books.call(3n));
    await Promise.all(Array.from({ length: 10 }, () => books.settle(calls)));
    await requireBalanced(id);
  },

  /** Refunds in two parts and a dispute, told twice and backwards. */
  async payments() {
    const desk = await openPaymentDesk({ url, database, close: async () => undefined }, { clock });
    const { fake, organization } = desk;
    try {
      const payment = fake.pay((await desk.buy(20)).ref);
      fake.refund(payment, 500);
      fake.refund(payment, 700);
      fake.decide(payment, fake.dispute(payment, 300), "won");
      for (const events of [fake.events, [...fake.events].reverse(), fake.events]) {
        for (const event of events) await deliver(desk, event);
      }
      await requireBalanced(organization.id);
    } finally {
      await fake.close();
    }
  },

  async alerts() {
    const { id } = await createTestOrganization(database, "alerts", "Alerts");
    const ids = createIdSource(() => clock.nowMs());
    const raise = () =>
      raiseAlert(
        { db: database.db, clock, ids },
        {
          organizationId: id,
          rule: "payment_disputed",
          scope: "organization",
          severity: "critical",
          title: "A payment is disputed",
          detail: "",
          path: "/",
          periodStart: new Date(0),
        },
      );
    await raise();
    const again = await Promise.all([raise(), raise()]);
    if (again.some((told) => told !== null)) throw new Error("an alert was told again");
  },

  async sums() {
    const weights = fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), weights, (total, parts) => {
        const sum = splitMicros(total, parts).reduce((left, right) => left + right, 0n);
        if (sum !== total) throw new Error(`parts of ${total} sum to ${sum}`);
      }),
      { seed: SEED },
    );
    const prices = { perCallMicros: 100n, per100MsMicros: 10n, per64KibMicros: 1n };
    const server = {
      plan: { priceVersion: "metered@1", prices, isPriced: true },
      caps: { toolCallDurationMsMax: 30_000, responseBytesMax: 1_048_576 },
    } as Parameters<typeof priceOf>[0];
    const { amountMicros } = priceOf(server, { durationMs: 100.001, responseBytes: 65_537 });
    if (amountMicros !== 122n) throw new Error(`a call of two started units of each costs ${amountMicros}`);
  },
};

async function requireBalanced(organizationId: string): Promise<void> {
  const { checks } = await reconcile(database, organizationId, clock.nowMs(), { isFull: true });
  const drift = checks.filter(({ driftCount }) => driftCount > 0);
  if (drift.length > 0) throw new Error(`reconciliation: ${drift.map(({ id }) => id).join(", ")}`);
}

/** What found it, in a line: the database's own refusal, a broken promise, or a difference to the model. */
function lineOf(guard: Guard, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, constraint_name: constraint } = error as { code?: string; constraint_name?: string };
  if (error.name === "PostgresError") return `the database itself: ${constraint ?? code}`;
  const promises = [...new Set(error.message.match(/\bI\d{1,2}\b/g) ?? [])];
  const [, did] = /^step \d+, \{\s*"do": "(\w+)"/.exec(error.message) ?? [];
  const what = did === undefined ? error.message.replaceAll(/\s+/g, " ").slice(0, 80) : `after ${did}`;
  return [guard, ...promises, what].join(", ");
}

await database.db.insert(planVersions).values({
  plan: "test",
  version: 1,
  name: "Test",
  caps: {},
  perCallMicros: 3n,
  per100MsMicros: 0n,
  per64KibMicros: 0n,
  effectiveAt: new Date(0),
});
let proof: Proof = { found: null };
for (const guard of defect ? [defect.guard] : (Object.keys(GUARDS) as Guard[])) {
  try {
    await GUARDS[guard]();
  } catch (error) {
    proof = { found: lineOf(guard, error) };
  }
}
writeSync(1, JSON.stringify(proof));
process.exit(0);
