import type { System } from "../access/index.ts";
import type { PaymentProvider } from "./payment-provider.ts";
import { type EventState, takeEvent } from "./take-event.ts";

/**
 * Takes a webhook as it came over the wire. Resolves after its event is committed. Throws `WebhookRefused`, with nothing
 * stored, for what is forged, stale, unreadable or of the other mode; rejects when the database is away.
 */
export async function takeWebhook(
  system: System,
  provider: PaymentProvider,
  rawBody: Uint8Array,
  signature: string | undefined,
): Promise<EventState> {
  const event = provider.verifyWebhook(rawBody, signature, system.clock.nowMs());
  return takeEvent(system, provider.name, event);
}
