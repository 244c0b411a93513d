import { createHmac } from "node:crypto";
import type { AlertDelivery, AlertWebhook } from "#lib/contract/index.ts";

/** A request to the receiver of a webhook. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The beginning or the end of an alert as a webhook, the contract's `AlertWebhook`, signed as Standard Webhooks 1.0 says:
 * HMAC-SHA256 over `id.timestamp.body` with the secret after `whsec_`, base64. The id stays the same over retries, so that a
 * receiver takes it once; the time is that of the attempt.
 */
export function webhookMessage(
  alert: AlertWebhook["data"],
  {
    deliveryId,
    kind,
    secret,
    nowMs,
  }: { deliveryId: string; kind: AlertDelivery["kind"]; secret: string; nowMs: number },
): WebhookMessage {
  const timestamp = String(Math.floor(nowMs / 1000));
  const isOver = kind === "resolved";
  const message: AlertWebhook = {
    type: `alert.${alert.rule}${isOver ? ".resolved" : ""}`,
    timestamp: isOver ? (alert.resolvedAt ?? alert.firedAt) : alert.firedAt,
    data: alert,
  };
  const body = JSON.stringify(message);
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${deliveryId}.${timestamp}.${body}`).digest("base64");
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": "mcpstack-alerts",
      "webhook-id": deliveryId,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    body,
  };
}
