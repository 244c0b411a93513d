import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "#lib/domain/access/index.ts";
import { type EventState, WebhookRefused } from "#lib/domain/payments/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import { addressOf } from "./forwarded-headers.ts";
import { readBounded } from "./read-bounded.ts";
import { createRefusals } from "./refusals.ts";

export interface PaymentWebhooksOptions {
  /** Takes the bytes as they came with their signature, and resolves when that is committed; null: nobody sells here. */
  take: ((rawBody: Uint8Array, signature: string | undefined) => Promise<EventState>) | null;
  trustProxy: boolean;
  clock: Clock;
  log: Log;
}

/** Where the payment provider's webhooks come in. */
const PATH = "/webhooks/stripe";

/**
 * The door for the payment provider's webhooks: no cookie and no session, only the signature of the body counts. Answers
 * 200 after the event is committed, 400 to what is not signed for us, 503 where the provider should come again. What of
 * it waits or is read is bounded, and an address whose webhooks are refused again and again is not listened to for a while.
 */
export function createPaymentWebhooks({ take, trustProxy, clock, log }: PaymentWebhooksOptions): {
  /** Takes a webhook; answers false for other requests. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
} {
  const { money } = limits;
  const refusals = createRefusals({
    max: money.webhookRefusalsMax,
    windowMs: money.webhookRefusalsWindowMs,
    addressesMax: money.webhookAddressesMax,
    monotonicMs: clock.monotonicMs,
  });
  let underWay = 0;

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const address = addressOf(req, trustProxy);
    if (take === null) return send(req, res, 404, "Payments are not configured here.");
    if (req.method !== "POST") return send(req, res, 405, "Webhooks are sent with POST.", { allow: "POST" });
    if (refusals.areTooMany(address))
      return send(req, res, 429, "Too many webhooks of this address were refused.", RETRY_LATER);
    if (underWay >= money.webhooksAtOnceMax)
      return send(req, res, 503, "Too many webhooks are under way.", RETRY_SOON);
    underWay += 1;
    try {
      const body = await readBounded(req, {
        bytesMax: money.webhookBytesMax,
        timeoutMs: money.webhookBodyTimeoutMs,
      });
      if (body === "too_large")
        return send(req, res, 413, `A webhook has at most ${money.webhookBytesMax} bytes.`);
      if (body === "too_slow") return send(req, res, 408, "The body took too long.");
      if (body === "gone") return;
      const signature = req.headers["stripe-signature"];
      const state = await take(body, typeof signature === "string" ? signature : undefined);
      send(req, res, 200, state);
    } catch (error) {
      if (error instanceof WebhookRefused) {
        refusals.count(address);
        log.warn({ address, reason: error.message }, "a payment webhook was refused");
        return send(req, res, 400, error.message);
      }
      log.warn({ err: error }, "a payment webhook could not be stored; the provider sends it again");
      send(req, res, 503, "It cannot be stored right now. Send it again later.", RETRY_SOON);
    } finally {
      underWay -= 1;
    }
  };

  return {
    handle(req, res) {
      const [path] = (req.url ?? "").split("?", 1);
      if (path !== PATH) return false;
      void answer(req, res);
      return true;
    },
  };
}

const RETRY_SOON = { "retry-after": "5" };
const RETRY_LATER = { "retry-after": "60" };

function send(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  detail: string,
  headers: Record<string, string> = {},
): void {
  if (res.headersSent || res.destroyed) return;
  // A body that was not read to its end cannot be followed by another request.
  const unread = req.readableEnded ? {} : { connection: "close" };
  res.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...unread,
    ...headers,
  });
  res.end(JSON.stringify(status === 200 ? { state: detail } : { status, detail }));
}
