import type { OutcomeFact, PaymentEvent, PaymentFact } from "./payment-facts.ts";

/** Who sells credits for us. Amounts in micros; every method that goes there rejects with `upstream_failed` or `timeout`. */
export interface PaymentProvider {
  readonly name: "stripe";
  /** Makes the customer that an organization pays as. */
  createCustomer(input: {
    readonly organizationId: string;
    readonly name: string;
    readonly idempotencyKey: string;
  }): Promise<string>;
  /** Begins a checkout on the provider's page. The same key again answers the same checkout. */
  createCheckout(input: {
    readonly checkoutId: string;
    readonly organizationId: string;
    readonly customerRef: string;
    readonly amountMicros: bigint;
    readonly successUrl: string;
    readonly cancelUrl: string;
    readonly idempotencyKey: string;
  }): Promise<{ readonly checkoutRef: string; readonly url: string | null }>;
  /** All that the provider knows of a checkout now, as facts: its state, refunds in all, the saved card. */
  retrieveCheckout(checkoutRef: string): Promise<readonly PaymentFact[]>;
  /**
   * Charges a saved method without its owner. A refusal is an answer (`failed`, `requires_action`). Rejects when it is not
   * known what happened: asking again with the same key answers the same charge.
   */
  chargeSaved(input: {
    readonly attemptId: string;
    readonly organizationId: string;
    readonly customerRef: string;
    readonly methodRef: string;
    readonly amountMicros: bigint;
    readonly idempotencyKey: string;
  }): Promise<ChargeOutcome>;
  /** The event of a webhook. Throws `WebhookRefused` when it is forged, stale, unreadable or of the other mode. */
  verifyWebhook(rawBody: Uint8Array, signature: string | undefined, nowMs: number): PaymentEvent;
  /** Events since `sinceMs`, in no particular order, at most `eventsMax`. */
  listEvents(sinceMs: number, eventsMax: number): AsyncIterable<PaymentEvent>;
}

/** `pending`: the provider still works on it. A refusal before there was any payment has no fact. */
export interface ChargeOutcome {
  readonly status: OutcomeFact["status"] | "pending";
  readonly message: string | null;
  readonly fact: OutcomeFact | null;
}

/** A webhook that is not taken. `message` says why, without anything secret. */
export class WebhookRefused extends Error {
  override readonly name = "WebhookRefused";
}
