import { existsSync } from "node:fs";
import { createFileOnce } from "#lib/config/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { getCreditSummary, grantCredits } from "#lib/domain/billing/index.ts";
import { changePlan, getPlan } from "#lib/domain/plans/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { microsOf } from "#lib/kernel/money.ts";

const DEFAULT_PLAN = "self-hosted";
const PRICED_PLAN = "metered";
const AMOUNT_MICROS = "25000000";
const DAY_MS = 24 * 3_600_000;

/**
 * Gives the sample's organization credits, then prices, once: `file` says that it was done. What the users did since stays:
 * a plan that they chose is not changed.
 */
export async function ensureSampleCredits(ctx: Ctx, file: string): Promise<void> {
  if (existsSync(file)) return;
  if ((await getPlan(ctx, {})).plan === DEFAULT_PLAN) {
    // Before there are prices: a call with a price and without credits would be denied.
    await keepAbove(ctx, "Sample credits: something to spend for the sample's own calls. They cost nothing.");
    await changePlan(ctx, { plan: PRICED_PLAN });
  }
  createFileOnce(file, () => `${JSON.stringify({ plan: PRICED_PLAN })}\n`);
}

/** Grants credits again before they run out, as long as the sample is on the plan that has prices. */
export async function keepSampleCredits(ctx: Ctx): Promise<void> {
  if ((await getPlan(ctx, {})).plan !== PRICED_PLAN) return;
  await keepAbove(ctx, "Sample credits: granted again, because few were left. They cost nothing.");
}

async function keepAbove(ctx: Ctx, reason: string): Promise<void> {
  const { availableMicros } = await getCreditSummary(ctx, {});
  if (microsOf(availableMicros) >= limits.sample.creditsMicrosMin) return;
  await grantCredits(ctx, {
    amountMicros: AMOUNT_MICROS,
    kind: "promo",
    reason,
    expiresAt: new Date(ctx.clock.nowMs() + limits.sample.creditsDays * DAY_MS).toISOString(),
  });
}
