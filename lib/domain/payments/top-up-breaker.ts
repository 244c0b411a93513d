import { and, eq } from "drizzle-orm";
import { billingSettings, topUpAttempts } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { raiseAlert } from "../alerts/index.ts";
import type { Applying } from "./applying.ts";

interface EndedAttempt {
  readonly organizationId: string;
  readonly attemptId: string;
  readonly paymentRef: string | null;
}
type Row = typeof topUpAttempts.$inferSelect;

/** The attempt was paid, also when it counted as failed before: then the money came after all. */
export async function recordSuccess(ctx: Applying, ended: EndedAttempt): Promise<void> {
  const before = await lockAttempt(ctx, ended);
  if (before === null || before.status === "succeeded") return;
  await endAttempt(ctx, ended, "succeeded", null);
  await ctx.db
    .update(billingSettings)
    .set({ topUpFailures: 0, topUpStoppedAt: null, topUpStopReason: null })
    .where(eq(billingSettings.organizationId, ended.organizationId));
}

/**
 * The attempt brought nothing. Counts once per attempt; `limits.money.topUpFailuresMax` in a row stop auto top-up until the
 * card changes or an owner resumes it. The caller holds the organization's billing settings.
 */
export async function recordFailure(
  ctx: Applying,
  { message, ...ended }: EndedAttempt & { readonly message: string },
): Promise<void> {
  const { db, clock } = ctx;
  const before = await lockAttempt(ctx, ended);
  if (before === null || before.status !== "pending") return;
  await endAttempt(ctx, ended, "failed", message);
  const ofOrganization = eq(billingSettings.organizationId, ended.organizationId);
  const [settings] = await db
    .select({ failures: billingSettings.topUpFailures, stoppedAt: billingSettings.topUpStoppedAt })
    .from(billingSettings)
    .where(ofOrganization);
  const failures = (settings?.failures ?? 0) + 1;
  const isStopped = failures >= limits.money.topUpFailuresMax;
  await db
    .update(billingSettings)
    .set({
      topUpFailures: failures,
      ...(isStopped && !settings?.stoppedAt
        ? { topUpStoppedAt: new Date(clock.nowMs()), topUpStopReason: message }
        : {}),
    })
    .where(ofOrganization);
  await raiseAlert(ctx, {
    organizationId: ended.organizationId,
    rule: "top_up_failed",
    scope: "organization",
    severity: isStopped ? "critical" : "warning",
    title: isStopped ? "Auto top-up has stopped" : "Auto top-up failed",
    detail: isStopped
      ? `${failures} payments in a row failed, the last one with: ${message} Save another card by buying credits, or resume auto top-up.`
      : `${message} The next attempt is in an hour at the earliest.`,
    path: "/settings/billing",
    periodStart: before.startedAt,
  });
}

const attemptIs = ({ organizationId, attemptId }: EndedAttempt) =>
  and(eq(topUpAttempts.organizationId, organizationId), eq(topUpAttempts.id, attemptId));

async function lockAttempt(ctx: Applying, ended: EndedAttempt): Promise<Row | null> {
  const [row] = await ctx.db.select().from(topUpAttempts).where(attemptIs(ended)).for("update");
  return row ?? null;
}

async function endAttempt(
  ctx: Applying,
  ended: EndedAttempt,
  status: "succeeded" | "failed",
  message: string | null,
): Promise<void> {
  await ctx.db
    .update(topUpAttempts)
    .set({
      status,
      message,
      endedAt: new Date(ctx.clock.nowMs()),
      ...(ended.paymentRef === null ? {} : { providerRef: ended.paymentRef }),
    })
    .where(attemptIs(ended));
}
