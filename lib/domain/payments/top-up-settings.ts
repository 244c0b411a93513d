import { and, desc, eq, gte, inArray } from "drizzle-orm";
import { z } from "zod";
import { billingSettings, topUpAttempts } from "#drizzle/schema/index.ts";
import { type AutoTopUp, AutoTopUpSettings } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { command, query } from "../access/index.ts";
import { type BillingSettingsRow, lockSettings } from "./payer.ts";
import { requireProvider } from "./set-up.ts";

/** What is proposed to an organization that never chose. */
const PROPOSED = { thresholdMicros: 5_000_000n, amountUsd: 20, monthlyMaxUsd: 100 };

/** Whether and when the organization buys credits by itself, and how that goes. */
export const getAutoTopUp = query({
  name: "autoTopUp.get",
  scope: "billing:read",
  input: z.object({}),
  run: async ({ database, organization, clock }) => {
    const [row] = await database.db
      .select()
      .from(billingSettings)
      .where(eq(billingSettings.organizationId, organization.id));
    return describeTopUp(database.db, organization.id, row ?? null, clock.nowMs());
  },
});

/**
 * Turns auto top-up on or off and sets its limits. Throws `conflict` when it is turned on without a provider or a saved
 * card, and `invalid_input` for a monthly maximum below one top-up.
 */
export const setAutoTopUp = command({
  name: "autoTopUp.set",
  scope: "billing:write",
  input: AutoTopUpSettings,
  run: async (ctx, { isOn, thresholdMicros, amountUsd, monthlyMaxUsd }) => {
    if (monthlyMaxUsd < amountUsd) {
      const message = `Give at least ${amountUsd}, the amount of one top-up.`;
      throw new DomainError("invalid_input", `The monthly maximum is too low. ${message}`, {
        errors: [{ path: "monthlyMaxUsd", code: "too_small", message }],
      });
    }
    const { id: organizationId } = ctx.organization;
    const before = await lockSettings(ctx.db, organizationId);
    if (isOn && !before.topUpIsOn) {
      requireProvider(ctx.doors);
      if (before.paymentMethodRef === null)
        throw new DomainError(
          "conflict",
          "There is no saved card. Buy credits with a card once: it is saved then.",
        );
    }
    const [row] = await ctx.db
      .update(billingSettings)
      .set({
        topUpIsOn: isOn,
        topUpThresholdMicros: microsOf(thresholdMicros),
        topUpAmountUsd: amountUsd,
        topUpMonthlyMaxUsd: monthlyMaxUsd,
        updatedAt: new Date(ctx.clock.nowMs()),
      })
      .where(eq(billingSettings.organizationId, organizationId))
      .returning();
    if (!row) throw new Error("billing settings are gone");
    return {
      value: await describeTopUp(ctx.db, organizationId, row, ctx.clock.nowMs()),
      audit: {
        entity: "autoTopUp",
        entityId: organizationId,
        before: settingsOf(before),
        after: settingsOf(row),
      },
    };
  },
});

/** Lets auto top-up try again after it stopped. What is resting goes on at once too. */
export const resumeAutoTopUp = command({
  name: "autoTopUp.resume",
  scope: "billing:write",
  input: z.object({}),
  run: async (ctx) => {
    const { id: organizationId } = ctx.organization;
    const before = await lockSettings(ctx.db, organizationId);
    const [row] = await ctx.db
      .update(billingSettings)
      .set({
        topUpFailures: 0,
        topUpStoppedAt: null,
        topUpStopReason: null,
        topUpResumedAt: new Date(ctx.clock.nowMs()),
      })
      .where(eq(billingSettings.organizationId, organizationId))
      .returning();
    return {
      value: await describeTopUp(ctx.db, organizationId, row ?? null, ctx.clock.nowMs()),
      audit: {
        entity: "autoTopUp",
        entityId: organizationId,
        before: { failures: before.topUpFailures, stopReason: before.topUpStopReason },
        after: { failures: 0 },
      },
    };
  },
});

const settingsOf = (row: BillingSettingsRow) => ({
  isOn: row.topUpIsOn,
  thresholdMicros: String(row.topUpThresholdMicros ?? PROPOSED.thresholdMicros),
  amountUsd: row.topUpAmountUsd ?? PROPOSED.amountUsd,
  monthlyMaxUsd: row.topUpMonthlyMaxUsd ?? PROPOSED.monthlyMaxUsd,
});

export type Attempt = typeof topUpAttempts.$inferSelect;

/** Until when nothing is tried after `last`; null when something may be. */
export function restingUntil(last: Attempt | null, row: BillingSettingsRow): Date | null {
  if (last?.status !== "failed" || last.endedAt === null) return null;
  if (row.topUpResumedAt !== null && row.topUpResumedAt >= last.endedAt) return null;
  return new Date(last.endedAt.getTime() + limits.money.topUpFailureRestMs);
}

/** The newest attempt of the organization. */
export async function lastAttempt(db: Db, organizationId: string): Promise<Attempt | null> {
  const [row] = await db
    .select()
    .from(topUpAttempts)
    .where(eq(topUpAttempts.organizationId, organizationId))
    .orderBy(desc(topUpAttempts.startedAt), desc(topUpAttempts.id))
    .limit(1);
  return row ?? null;
}

/** What auto top-up has bought this month, UTC, or is about to. */
export async function spentThisMonthUsd(db: Db, organizationId: string, nowMs: number): Promise<number> {
  const start = new Date(utcMonthOf(nowMs).startMs);
  const rows = await db
    .select({ amountUsd: topUpAttempts.amountUsd })
    .from(topUpAttempts)
    .where(
      and(
        eq(topUpAttempts.organizationId, organizationId),
        gte(topUpAttempts.startedAt, start),
        inArray(topUpAttempts.status, ["pending", "succeeded"]),
      ),
    );
  return rows.reduce((sum, { amountUsd }) => sum + amountUsd, 0);
}

async function describeTopUp(
  db: Db,
  organizationId: string,
  row: BillingSettingsRow | null,
  nowMs: number,
): Promise<AutoTopUp> {
  const last = await lastAttempt(db, organizationId);
  const until = row === null ? null : restingUntil(last, row);
  const isResting = until !== null && until.getTime() > nowMs;
  const isOpen = row !== null && row.topUpStoppedAt !== null;
  return {
    ...(row === null
      ? { ...PROPOSED, isOn: false, thresholdMicros: String(PROPOSED.thresholdMicros) }
      : settingsOf(row)),
    breaker: {
      state: isOpen ? "open" : isResting ? "resting" : "closed",
      failures: row?.topUpFailures ?? 0,
      reason: isOpen ? row.topUpStopReason : isResting ? (last?.message ?? null) : null,
      until: !isOpen && isResting ? until.toISOString() : null,
    },
    spentThisMonthUsd: await spentThisMonthUsd(db, organizationId, nowMs),
    hasPaymentMethod: row !== null && row.paymentMethodRef !== null,
    lastAttempt:
      last === null
        ? null
        : { at: last.startedAt.toISOString(), status: statusOf(last.status), message: last.message },
  };
}

const statusOf = (status: string): "pending" | "succeeded" | "failed" =>
  status === "succeeded" || status === "failed" ? status : "pending";
