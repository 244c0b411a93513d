import type { AlertDelivery } from "#lib/contract/index.ts";

/** Statuses that this version does not know wait. */
export const deliveryStatus = (status: string): AlertDelivery["status"] =>
  status === "delivered" || status === "failed" ? status : "waiting";
