import { createStripeProvider, runTopUps, setAutoTopUp, takeWebhook } from "#lib/domain/payments/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock } from "../fake-clock.ts";
import { startFakePayments } from "../fake-payments.ts";
import { beginCheckout, WEBHOOK_SECRET } from "../payment-desk.ts";
import { testCtx } from "../test-context.ts";
import type { Scene } from "./scene.ts";

const { topUpFailuresMax, topUpFailureRestMs } = limits.money;

/**
 * The organization bought credits once and lets more be bought by itself; then its bank declines its card until that stops, a
 * moment ago. Answers what closes the payment provider.
 */
export async function stopTopUps({ fleet, organization }: Scene): Promise<() => Promise<void>> {
  const clock = fakeClock(Date.now() - topUpFailuresMax * (topUpFailureRestMs + 60_000));
  const fake = await startFakePayments({ clock, webhookSecret: WEBHOOK_SECRET });
  const provider = createStripeProvider({
    secretKey: "sk_test_fake_key_of_tests",
    webhookSecrets: [WEBHOOK_SECRET],
    apiBase: fake.url,
  });
  const system = {
    ...fleet.system,
    clock,
    ids: createIdSource(clock.nowMs),
    doors: { ...fleet.system.doors, payments: provider },
  };
  const owner = testCtx(system, organization, "owner");
  fake.pay((await beginCheckout(owner, fake, 20)).ref);
  for (const event of fake.events)
    await takeWebhook(system, provider, Buffer.from(event.body), fake.sign(event));
  await setAutoTopUp(owner, { isOn: true, thresholdMicros: "90000000", amountUsd: 20, monthlyMaxUsd: 100 });
  for (let declined = 0; declined < topUpFailuresMax; declined += 1) {
    clock.advance(topUpFailureRestMs + 1_000);
    fake.declines.push("card_declined");
    await runTopUps(system, new AbortController().signal);
  }
  return fake.close;
}
