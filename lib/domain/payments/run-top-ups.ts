import { and, eq, gte, isNotNull, isNull, lt } from "drizzle-orm";
import type { ISql } from "postgres";
import { z } from "zod";
import { billingSettings, topUpAttempts } from "#drizzle/schema/index.ts";
import { type Db, sqlOf } from "#lib/db/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import { MICROS_PER_USD } from "#lib/kernel/money.ts";
import { type Actor, type System, type SystemCaller, systemCommand } from "../access/index.ts";
import { balances } from "../ledger/index.ts";
import { applyFact } from "./apply-fact.ts";
import { lockRefs } from "./applying.ts";
import { hasOpenDispute } from "./open-disputes.ts";
import { lockSettings } from "./payer.ts";
import { PaymentFact, refsOf } from "./payment-facts.ts";
import type { PaymentProvider } from "./payment-provider.ts";
import { recordFailure } from "./top-up-breaker.ts";
import { type Attempt, lastAttempt, restingUntil, spentThisMonthUsd } from "./top-up-settings.ts";

const { money } = limits;
const ACTOR: Actor = { kind: "system", name: "auto-top-up" };

/**
 * Buys credits for the organizations whose balance is below their threshold, within all of their limits, and asks again
 * about charges that got no answer: by the same key, so that nobody is charged twice. Answers how many charges were asked for.
 */
export async function runTopUps(system: System, signal: AbortSignal): Promise<number> {
  const provider = system.doors.payments;
  if (provider === null) return 0;
  let asked = 0;
  for (const attempt of await openAttempts(system)) {
    if (signal.aborted) return asked;
    asked += 1;
    await charge(system, provider, attempt);
  }
  for (const organizationId of await switchedOn(system.database.db)) {
    if (signal.aborted) return asked;
    if ((await whyNot({ ...system.database, clock: system.clock }, organizationId)) !== null) continue;
    const attempt = await beginAttempt(callerOf(system), { organizationId });
    if (attempt === null) continue;
    asked += 1;
    await charge(system, provider, attempt);
  }
  return asked;
}

const callerOf = (system: System): SystemCaller => ({
  system,
  actor: ACTOR,
  requestId: system.ids.id("req"),
});

async function switchedOn(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: billingSettings.organizationId })
    .from(billingSettings)
    .where(
      and(
        eq(billingSettings.topUpIsOn, true),
        isNull(billingSettings.topUpStoppedAt),
        isNotNull(billingSettings.paymentMethodRef),
        isNotNull(billingSettings.customerRef),
      ),
    )
    .orderBy(billingSettings.organizationId);
  return rows.map(({ id }) => id);
}

/** Attempts without an answer, old enough to be asked for again. */
const openAttempts = ({ database, clock }: System): Promise<Attempt[]> =>
  database.db
    .select()
    .from(topUpAttempts)
    .where(
      and(
        eq(topUpAttempts.status, "pending"),
        lt(topUpAttempts.startedAt, new Date(clock.nowMs() - money.topUpAskAgainMs)),
      ),
    );

/** Why nothing is bought now, or null. In a transaction it holds until the end, when the settings are locked. */
async function whyNot(
  { db, sql: run, clock }: { db: Db; sql: ISql; clock: Clock },
  organizationId: string,
): Promise<string | null> {
  const nowMs = clock.nowMs();
  const [row] = await db
    .select()
    .from(billingSettings)
    .where(eq(billingSettings.organizationId, organizationId));
  if (!row?.topUpIsOn || row.topUpStoppedAt !== null || row.topUpThresholdMicros === null) return "off";
  if (row.topUpAmountUsd === null || row.topUpMonthlyMaxUsd === null) return "off";
  if (row.paymentMethodRef === null || row.customerRef === null) return "no card";
  const { availableMicros } = await balances(run, organizationId, nowMs);
  if (availableMicros >= row.topUpThresholdMicros) return "enough";
  const last = await lastAttempt(db, organizationId);
  if (last?.status === "pending") return "under way";
  const until = restingUntil(last, row);
  if (until !== null && until.getTime() > nowMs) return "resting";
  if ((await recentAttempts(db, organizationId, nowMs)) >= money.topUpAttemptsMax) return "too often";
  if ((await spentThisMonthUsd(db, organizationId, nowMs)) + row.topUpAmountUsd > row.topUpMonthlyMaxUsd)
    return "monthly maximum";
  return (await hasOpenDispute(db, organizationId)) ? "disputed" : null;
}

async function recentAttempts(db: Db, organizationId: string, nowMs: number): Promise<number> {
  const rows = await db
    .select({ id: topUpAttempts.id })
    .from(topUpAttempts)
    .where(
      and(
        eq(topUpAttempts.organizationId, organizationId),
        gte(topUpAttempts.startedAt, new Date(nowMs - money.topUpAttemptsWindowMs)),
      ),
    );
  return rows.length;
}

/** The attempt's row is committed before anybody is charged; null when it turns out that nothing is to be bought. */
const beginAttempt = systemCommand({
  name: "autoTopUp.begin",
  input: z.object({ organizationId: z.string() }),
  run: async (ctx, { organizationId }): Promise<{ value: Attempt | null; audit: AuditOf | null }> => {
    const { db, clock, ids } = ctx;
    const settings = await lockSettings(db, organizationId);
    const reason = await whyNot({ db, sql: sqlOf(db), clock }, organizationId);
    if (reason !== null || settings.topUpAmountUsd === null) return { value: null, audit: null };
    const [row] = await db
      .insert(topUpAttempts)
      .values({
        organizationId,
        id: ids.id("top"),
        amountUsd: settings.topUpAmountUsd,
        status: "pending",
        startedAt: new Date(clock.nowMs()),
      })
      .returning();
    if (!row) throw new Error("inserting a top-up answered no row");
    const { id, amountUsd } = row;
    return {
      value: row,
      audit: { organizationId, entity: "topUp", entityId: id, after: { amountUsd } },
    };
  },
});

interface AuditOf {
  organizationId: string;
  entity: string;
  entityId: string;
  after: unknown;
}

/** Charges, and records what came of it. No answer leaves the attempt as it is: the same question is asked again later. */
async function charge(system: System, provider: PaymentProvider, attempt: Attempt): Promise<void> {
  const { organizationId, id: attemptId } = attempt;
  const { db } = system.database;
  const [settings] = await db
    .select()
    .from(billingSettings)
    .where(eq(billingSettings.organizationId, organizationId));
  const record = (outcome: { facts: PaymentFact[]; failure: string | null }) =>
    recordOutcome(callerOf(system), { organizationId, attemptId, ...outcome });
  if (!settings?.customerRef || !settings.paymentMethodRef)
    return record({ facts: [], failure: "There is no saved card any more." });
  try {
    const { status, message, fact } = await provider.chargeSaved({
      attemptId,
      organizationId,
      customerRef: settings.customerRef,
      methodRef: settings.paymentMethodRef,
      amountMicros: BigInt(attempt.amountUsd) * MICROS_PER_USD,
      idempotencyKey: `mcpstack-topup-${attemptId}`,
    });
    if (status === "pending") return;
    await record({
      facts: fact === null ? [] : [fact],
      failure: fact === null ? (message ?? "The payment was refused.") : null,
    });
  } catch (error) {
    system.log.warn(
      { err: error, organizationId, attemptId },
      "a top-up got no answer; it is asked for again",
    );
    if (system.clock.nowMs() - attempt.startedAt.getTime() < money.topUpGiveUpMs) return;
    await record({ facts: [], failure: "The payment provider did not say what became of the payment." });
  }
}

const recordOutcome = systemCommand({
  name: "autoTopUp.record",
  input: z.object({
    organizationId: z.string(),
    attemptId: z.string(),
    facts: z.array(PaymentFact),
    failure: z.string().nullable(),
  }),
  run: async (ctx, { organizationId, attemptId, facts, failure }) => {
    await lockRefs(ctx.db, facts.flatMap(refsOf));
    for (const fact of facts) await applyFact(ctx, fact, ctx.clock.nowMs());
    if (failure !== null) {
      await lockSettings(ctx.db, organizationId);
      await recordFailure(ctx, { organizationId, attemptId, paymentRef: null, message: failure });
    }
    return {
      value: undefined,
      audit: { organizationId, entity: "topUp", entityId: attemptId, after: { failure } },
    };
  },
});
