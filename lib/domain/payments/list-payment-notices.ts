import { and, desc, eq, gte, inArray, isNotNull, or } from "drizzle-orm";
import { billingSettings, paymentEvents } from "#drizzle/schema/index.ts";
import type { CreditSummary } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { hasOpenDispute } from "./open-disputes.ts";

export type PaymentNotice = CreditSummary["notices"][number];

const WAITING =
  "The payment provider told of a payment that is not known here yet. It is looked at again by itself.";

/** What happened last with the organization's payments that needs somebody, newest first. */
export async function listPaymentNotices(
  db: Db,
  organizationId: string,
  nowMs: number,
): Promise<PaymentNotice[]> {
  const now = new Date(nowMs);
  const events = await db
    .select()
    .from(paymentEvents)
    .where(
      and(
        eq(paymentEvents.organizationId, organizationId),
        gte(paymentEvents.receivedAt, new Date(nowMs - limits.money.paymentNoticesMs)),
        or(isNotNull(paymentEvents.message), inArray(paymentEvents.state, ["waiting", "failed"])),
      ),
    )
    .orderBy(desc(paymentEvents.receivedAt))
    .limit(limits.money.paymentNoticesMax);
  const [settings] = await db
    .select({ stoppedAt: billingSettings.topUpStoppedAt, reason: billingSettings.topUpStopReason })
    .from(billingSettings)
    .where(eq(billingSettings.organizationId, organizationId));
  const notices = [...Map.groupBy(events, aboutOf).values()].flatMap(([row]): PaymentNotice[] =>
    row === undefined
      ? []
      : [
          {
            code: row.state === "failed" ? "payment_event_failed" : "payment_event",
            message: row.message ?? WAITING,
            at: row.receivedAt.toISOString(),
          },
        ],
  );
  if (settings?.stoppedAt)
    notices.unshift({
      code: "top_up_stopped",
      message: `Auto top-up has stopped: ${settings.reason ?? "payments failed."} Save another card by buying credits, or resume it.`,
      at: settings.stoppedAt.toISOString(),
    });
  if (await hasOpenDispute(db, organizationId))
    notices.unshift({
      code: "payment_disputed",
      message: "A payment is disputed. Auto top-up waits until the dispute is closed.",
      at: now.toISOString(),
    });
  return notices;
}

/** Several events say the same of one payment; people are told once. */
const aboutOf = ({ eventId, objectId, message }: typeof paymentEvents.$inferSelect): string =>
  JSON.stringify([objectId ?? eventId, message]);
