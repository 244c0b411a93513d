/**
 * Buying credits: checkouts, webhooks, refunds and disputes, auto top-up. What a provider tells is kept as facts that only
 * grow; the ledger is brought to the target that they give, so that events which come late, twice or in any order end in
 * the same books.
 */
export { catchUpOnPayments } from "./catch-up.ts";
export { createCheckoutSession } from "./create-checkout-session.ts";
export { getCheckoutSession } from "./get-checkout-session.ts";
export { listPaymentNotices } from "./list-payment-notices.ts";
export { listPurchases } from "./list-purchases.ts";
export { type PaymentProvider, WebhookRefused } from "./payment-provider.ts";
export { retryPaymentEvents, tidyPayments } from "./retry-events.ts";
export { runTopUps } from "./run-top-ups.ts";
export { paymentSetUp } from "./set-up.ts";
export { createStripeProvider } from "./stripe/stripe-provider.ts";
export { syncCheckoutSession } from "./sync-checkout-session.ts";
export type { EventState } from "./take-event.ts";
export { takeWebhook } from "./take-webhook.ts";
export { getAutoTopUp, resumeAutoTopUp, setAutoTopUp } from "./top-up-settings.ts";
