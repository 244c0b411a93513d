import type { alertDeliveries } from "#drizzle/schema/index.ts";
import type { AlertDelivery } from "#lib/contract/index.ts";

export type DeliveryRow = typeof alertDeliveries.$inferSelect;

/** Statuses that this version does not know wait. */
export const deliveryStatus = (status: string): AlertDelivery["status"] =>
  status === "delivered" || status === "failed" || status === "withheld" ? status : "waiting";

/** Whether it tells the beginning of an alert or its end. */
export const kindOf = ({ kind }: Pick<DeliveryRow, "kind">): AlertDelivery["kind"] =>
  kind === "resolved" ? "resolved" : "begun";
