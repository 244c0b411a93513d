import type { Ctx, System } from "#lib/domain/access/index.ts";
import {
  createCheckoutSession,
  createStripeProvider,
  type EventState,
  takeWebhook,
} from "#lib/domain/payments/index.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";
import { type FakeEvent, type FakePayments, startFakePayments } from "./fake-payments.ts";
import { createTestOrganization, type TestOrganization } from "./tenants.ts";
import { testCtx, testSystem } from "./test-context.ts";
import type { TestDatabase } from "./test-database.ts";

export const WEBHOOK_SECRET = "whsec_current_secret_of_tests";
export const NEXT_WEBHOOK_SECRET = "whsec_next_secret_of_tests";

/** One organization that buys from the fake provider through the real one's client. */
export async function openPaymentDesk(
  test: TestDatabase,
  options: { apiVersion?: "old" | "new"; clock?: FakeClock } = {},
) {
  const clock = options.clock ?? fakeClock();
  const fake = await startFakePayments({
    clock,
    webhookSecret: WEBHOOK_SECRET,
    apiVersion: options.apiVersion ?? "new",
  });
  const provider = createStripeProvider({
    secretKey: "sk_test_fake_key_of_tests",
    webhookSecrets: [WEBHOOK_SECRET, NEXT_WEBHOOK_SECRET],
    apiBase: fake.url,
  });
  const system = testSystem({ database: test.database, clock, doors: { payments: provider } });
  return { clock, fake, provider, system, ...(await openBuyer(test, system, fake)) };
}

/** Another organization at the same desk. */
export async function openBuyer(test: TestDatabase, system: System, fake: FakePayments) {
  const slug = `buyer-${crypto.randomUUID().slice(0, 8)}`;
  const organization: TestOrganization = await createTestOrganization(test.database, slug, "Buyer");
  const ctx = testCtx(system, organization, "owner");
  return {
    organization,
    ctx,
    buy: (creditAmountUsd: number) => beginCheckout(ctx, fake, creditAmountUsd),
  };
}

/** Begins a checkout; answers our id and the provider's. */
export async function beginCheckout(
  ctx: Ctx,
  fake: FakePayments,
  creditAmountUsd: number,
): Promise<{ id: string; ref: string }> {
  const before = new Set(fake.sessions.keys());
  const { id } = await createCheckoutSession(ctx, { creditAmountUsd });
  const ref = [...fake.sessions.keys()].find((key) => !before.has(key));
  if (ref === undefined) throw new Error("the fake provider was not asked for a checkout");
  return { id, ref };
}

/** Delivers an event as the provider would, through the real check of its signature. */
export const deliver = (
  { system, fake }: { system: System; fake: FakePayments },
  event: FakeEvent,
): Promise<EventState> => {
  const { payments } = system.doors;
  if (payments === null) throw new Error("nobody sells here");
  return takeWebhook(system, payments, Buffer.from(event.body), fake.sign(event));
};
