import { z } from "zod";
import type { CreditSummary } from "#lib/contract/index.ts";
import { inSnapshot } from "#lib/db/snapshot.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { query } from "../access/index.ts";
import { listPaymentNotices, paymentSetUp } from "../payments/index.ts";
import { planOf } from "../plans/index.ts";
import { booksAt } from "./books-at.ts";
import { readAccounts } from "./read-accounts.ts";
import { lastReconciliation } from "./reconciliation-runs.ts";
import { runwayOf } from "./runway.ts";
import { readOpenGrants, readSpendHistory } from "./spend-history.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * The credits of the organization at a glance: what may be spent now (credits past their expiry are not in it, whether that is
 * posted or not), what calls have set aside, what is owed, the month so far (UTC), how long they last, and whether the books
 * balance. Amounts in micros, of one moment.
 */
export const getCreditSummary = query({
  name: "credits.summary",
  scope: "billing:read",
  input: z.object({}),
  run: async (ctx): Promise<CreditSummary> => {
    const nowMs = ctx.clock.nowMs();
    const organizationId = ctx.organization.id;
    const { startMs, endMs } = utcMonthOf(nowMs);
    const plan = await planOf(ctx.database.db, organizationId, nowMs);
    const credits = await inSnapshot(ctx.database.sql, async (sql) => {
      const accounts = await readAccounts(sql, organizationId);
      const grants = await readOpenGrants(sql, organizationId);
      const history = await readSpendHistory(sql, organizationId, nowMs);
      const [dayAgo, opening] = await booksAt(sql, organizationId, [nowMs - DAY_MS, startMs]);
      return {
        ...balancesOf(accounts, grants, nowMs),
        month: {
          start: new Date(startMs).toISOString(),
          end: new Date(endMs).toISOString(),
          spentMicros: String(accounts.consumed - (opening?.consumed ?? 0n)),
          purchasedMicros: String((opening?.payments ?? 0n) - accounts.payments),
        },
        spent24hMicros: String(accounts.consumed - (dayAgo?.consumed ?? 0n)),
        runway: runwayOf(history, grants, nowMs),
        reconciliation: await lastReconciliation(sql, organizationId),
      };
    });
    const { status, at, driftMicros } = credits.reconciliation;
    return {
      ...credits,
      plan: { id: plan.priceVersion, name: plan.name, version: plan.version, isPriced: plan.isPriced },
      reconciliation: { status, at, driftMicros },
      payments: paymentSetUp(ctx.doors),
      notices: await listPaymentNotices(ctx.database.db, organizationId, nowMs),
      asOf: new Date(nowMs).toISOString(),
    };
  },
});

/** What is past its expiry leaves the balance as far as no call has set it aside. */
function balancesOf(
  accounts: Awaited<ReturnType<typeof readAccounts>>,
  grants: Awaited<ReturnType<typeof readOpenGrants>>,
  nowMs: number,
): Pick<CreditSummary, "availableMicros" | "heldMicros" | "balanceMicros" | "debtMicros"> {
  const expired = grants
    .filter(({ expiresAtMs }) => expiresAtMs !== null && expiresAtMs <= nowMs)
    .reduce((sum, { remainingMicros }) => sum + remainingMicros, 0n);
  const available = accounts.available > expired ? accounts.available - expired : 0n;
  return {
    availableMicros: String(available),
    heldMicros: String(accounts.held),
    balanceMicros: String(available + accounts.held),
    debtMicros: String(accounts.owed),
  };
}
