import Stripe from "stripe";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { PaymentEvent, PaymentFact } from "../payment-facts.ts";
import { type ChargeOutcome, type PaymentProvider, WebhookRefused } from "../payment-provider.ts";
import { READ_TYPES, readEvent } from "./read-event.ts";
import {
  Charge,
  CheckoutSession,
  Dispute,
  factOfCharge,
  factOfCheckout,
  factOfDispute,
  factOfIntent,
  factOfMethod,
  factOfRefund,
  METADATA,
  microsToCents,
  PaymentIntent,
  PaymentMethod,
  Refund,
} from "./stripe-objects.ts";

export interface StripeOptions {
  readonly secretKey: string;
  /** The endpoint's signing secret, and the next one while it is rotated. */
  readonly webhookSecrets: readonly string[];
  /** Another host that speaks Stripe's API; null: Stripe. */
  readonly apiBase: string | null;
}

/** Buying through Stripe: Checkout for people, saved cards for auto top-up, webhooks for what became of both. */
export function createStripeProvider({ secretKey, webhookSecrets, apiBase }: StripeOptions): PaymentProvider {
  const base = apiBase === null ? null : new URL(apiBase);
  const stripe = new Stripe(secretKey, {
    maxNetworkRetries: limits.money.paymentRetriesMax,
    timeout: limits.money.paymentTimeoutMs,
    telemetry: false,
    appInfo: { name: "mcp-stack" },
    ...(base ? { host: base.hostname, port: base.port, protocol: "http" as const } : {}),
  });
  /** Events of the other mode are not about our payments. */
  const isLive = /^[a-z]+_live_/.test(secretKey);

  return {
    name: "stripe",
    createCustomer: async ({ organizationId, name, idempotencyKey }) => {
      const customer = await asking(() =>
        stripe.customers.create(
          { name, metadata: { [METADATA.organization]: organizationId } },
          { idempotencyKey },
        ),
      );
      return customer.id;
    },
    createCheckout: async (input) => {
      const metadata = {
        [METADATA.organization]: input.organizationId,
        [METADATA.checkout]: input.checkoutId,
      };
      const session = await asking(() =>
        stripe.checkout.sessions.create(
          {
            mode: "payment",
            customer: input.customerRef,
            client_reference_id: input.checkoutId,
            metadata,
            payment_intent_data: { metadata },
            // A card is saved for auto top-up; other ways to pay stay open to people.
            payment_method_options: { card: { setup_future_usage: "off_session" } },
            // What is paid is what is granted, in the currency of credits.
            adaptive_pricing: { enabled: false },
            line_items: [
              {
                quantity: 1,
                price_data: {
                  currency: "usd",
                  unit_amount: microsToCents(input.amountMicros),
                  product_data: { name: "MCP Stack credits" },
                },
              },
            ],
            success_url: input.successUrl,
            cancel_url: input.cancelUrl,
          },
          { idempotencyKey: input.idempotencyKey },
        ),
      );
      return { checkoutRef: session.id, url: session.url };
    },
    retrieveCheckout: (checkoutRef) => asking(() => retrieveCheckout(stripe, checkoutRef)),
    chargeSaved: (input) => chargeSaved(stripe, input),
    verifyWebhook: (rawBody, signature, nowMs) =>
      verify({ rawBody, signature, nowMs, secrets: webhookSecrets, isLive }),
    async *listEvents(sinceMs, eventsMax) {
      let seen = 0;
      const created = { gte: Math.floor(sinceMs / 1000) };
      for (let after: string | undefined; ; ) {
        const page = await asking(() =>
          stripe.events.list({
            created,
            types: [...READ_TYPES],
            limit: 100,
            ...(after === undefined ? {} : { starting_after: after }),
          }),
        );
        for (const value of page.data) {
          const event = readEvent(value);
          if (event === null || event.isLive !== isLive) continue;
          yield withoutMode(event);
          seen += 1;
          if (seen >= eventsMax) return;
        }
        after = page.data.at(-1)?.id;
        if (!page.has_more || after === undefined) return;
      }
    },
  };
}

const withoutMode = ({ isLive: _isLive, ...event }: PaymentEvent & { isLive: boolean }): PaymentEvent =>
  event;

async function retrieveCheckout(stripe: Stripe, checkoutRef: string): Promise<readonly PaymentFact[]> {
  const session = await stripe.checkout.sessions.retrieve(checkoutRef, {
    expand: ["payment_intent.latest_charge", "payment_intent.payment_method"],
  });
  const facts: (PaymentFact | null)[] = [factOfCheckout(CheckoutSession.parse(session))];
  const intent = session.payment_intent;
  if (intent === null || typeof intent === "string") return facts.filter((fact) => fact !== null);
  facts.push(factOfIntent(PaymentIntent.parse(intent)));
  const { latest_charge: charge, payment_method: method } = intent;
  if (method !== null && typeof method !== "string")
    facts.push(factOfMethod(PaymentMethod.parse(method), { isDetached: false, customerBefore: null }));
  if (charge !== null && typeof charge !== "string") {
    facts.push(factOfCharge(Charge.parse(charge)));
    const [refunds, disputes] = await Promise.all([
      stripe.refunds.list({ payment_intent: intent.id, limit: 100 }),
      stripe.disputes.list({ payment_intent: intent.id, limit: 100 }),
    ]);
    for (const refund of refunds.data) facts.push(factOfRefund(Refund.parse(refund)));
    for (const dispute of disputes.data) facts.push(factOfDispute(Dispute.parse(dispute)));
  }
  return facts.filter((fact) => fact !== null);
}

async function chargeSaved(
  stripe: Stripe,
  input: Parameters<PaymentProvider["chargeSaved"]>[0],
): Promise<ChargeOutcome> {
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: microsToCents(input.amountMicros),
        currency: "usd",
        customer: input.customerRef,
        payment_method: input.methodRef,
        off_session: true,
        confirm: true,
        description: "MCP Stack credits, auto top-up",
        metadata: {
          [METADATA.organization]: input.organizationId,
          [METADATA.attempt]: input.attemptId,
        },
      },
      { idempotencyKey: input.idempotencyKey },
    );
    const fact = factOfIntent(PaymentIntent.parse(intent));
    return { status: fact?.status ?? "pending", message: fact?.message ?? null, fact };
  } catch (error) {
    const isRefusal =
      error instanceof Stripe.errors.StripeCardError ||
      error instanceof Stripe.errors.StripeInvalidRequestError;
    if (!isRefusal) throw asDomainError(error);
    const fact = error.payment_intent ? factOfIntent(PaymentIntent.parse(error.payment_intent)) : null;
    const needsOwner = error.code === "authentication_required";
    return {
      status: needsOwner ? "requires_action" : "failed",
      message: error.message.slice(0, 300),
      fact,
    };
  }
}

/** The event, if one of the secrets signed exactly these bytes, at most `webhookToleranceSeconds` ago, in our mode. */
function verify(input: {
  rawBody: Uint8Array;
  signature: string | undefined;
  nowMs: number;
  secrets: readonly string[];
  isLive: boolean;
}): PaymentEvent {
  const { rawBody, signature, nowMs, secrets, isLive } = input;
  if (signature === undefined) throw new WebhookRefused("There is no Stripe-Signature header.");
  const payload = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength);
  let refusal: WebhookRefused | null = null;
  for (const secret of secrets) {
    try {
      const event = readEvent(constructEvent(payload, signature, secret, nowMs));
      if (event === null) throw new WebhookRefused("The body is not an event.");
      if (event.isLive !== isLive)
        throw new WebhookRefused(
          `The event is of ${event.isLive ? "live" : "test"} mode, the configured key of ${isLive ? "live" : "test"} mode.`,
        );
      return withoutMode(event);
    } catch (error) {
      if (!(error instanceof WebhookRefused)) throw error;
      refusal = error;
    }
  }
  throw refusal ?? new WebhookRefused("There is no webhook secret to check the signature with.");
}

function constructEvent(payload: Buffer, signature: string, secret: string, nowMs: number): unknown {
  const { webhookToleranceSeconds } = limits.money;
  try {
    return Stripe.webhooks.constructEvent(
      payload,
      signature,
      secret,
      webhookToleranceSeconds,
      undefined,
      nowMs,
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError)
      throw new WebhookRefused("The signature does not match the body, or is too old.");
    if (error instanceof SyntaxError) throw new WebhookRefused("The body is not JSON.");
    throw error;
  }
}

async function asking<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw asDomainError(error);
  }
}

/** Stripe's messages name no secret but the key's last digits, which are left out too. */
function asDomainError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (error instanceof Stripe.errors.StripeAuthenticationError)
    return new DomainError("upstream_failed", "Stripe refused the configured key. Check STRIPE_SECRET_KEY.", {
      retryable: false,
    });
  if (error instanceof Stripe.errors.StripeConnectionError)
    return new DomainError("upstream_failed", "Stripe did not answer. Try again in a minute.", {
      cause: error,
    });
  return new DomainError("upstream_failed", `Stripe refused the request: ${error.message.slice(0, 300)}`, {
    cause: error,
  });
}
