import { and, count, eq, gt, isNull } from "drizzle-orm";
import { budgetSpend, edgeNodes } from "#drizzle/schema/index.ts";
import { type AgentBudget, OnUnavailable } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import type { CommandCtx } from "../access/index.ts";
import { type AgentRow, statusOf } from "../agents/index.ts";

/** The budget of an agent as the wire shows it, with what it has spent of the month that is now (UTC). */
export async function describeBudget(
  { db, clock }: Pick<CommandCtx, "db" | "clock">,
  row: AgentRow,
): Promise<AgentBudget> {
  const month = utcMonthOf(clock.nowMs());
  const [{ spentMicros, leasedMicros }, overrunBound] = await Promise.all([
    spendOf(db, row, month.key),
    overrunBoundOf({ db, clock }, row),
  ]);
  return {
    agentId: row.id,
    ...capsOf(row),
    ...rulesOf(row),
    period: { start: new Date(month.startMs).toISOString(), end: new Date(month.endMs).toISOString() },
    spentMicros: String(spentMicros),
    leasedMicros: String(leasedMicros),
    remainingMicros: remainingOf(row, spentMicros)?.toString() ?? null,
    overrunBoundMicros: String(overrunBound),
    ...statusOf(row),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/**
 * How far spending can pass a cap. A call sets aside the most that it can cost before it runs, so by nothing; with `grace`
 * each edge goes on for a bounded amount while it cannot ask.
 */
async function overrunBoundOf(
  { db, clock }: Pick<CommandCtx, "db" | "clock">,
  { onUnavailable }: AgentRow,
): Promise<bigint> {
  if (onUnavailable !== "grace") return 0n;
  const since = new Date(clock.nowMs() - limits.nodes.expectedMs);
  const [edges] = await db
    .select({ n: count() })
    .from(edgeNodes)
    .where(and(isNull(edgeNodes.stoppedAt), gt(edgeNodes.heartbeatAt, since)));
  return limits.money.graceMicrosMax * BigInt(Math.max(1, edges?.n ?? 0));
}

/** The caps as decimal strings, end users by name. */
export const capsOf = (row: AgentRow) => ({
  monthlyCapMicros: row.monthlyCapMicros?.toString() ?? null,
  defaultUserCapMicros: row.defaultUserCapMicros?.toString() ?? null,
  anonymousUserCapMicros: row.anonymousUserCapMicros?.toString() ?? null,
  sessionCapMicros: row.sessionCapMicros?.toString() ?? null,
  userCaps: Object.entries(row.userCaps)
    .map(([endUser, capMicros]) => ({ endUser, capMicros }))
    .sort((left, right) => (left.endUser < right.endUser ? -1 : 1)),
});

export const rulesOf = (row: AgentRow) => ({
  onUnavailable: OnUnavailable.catch("deny").parse(row.onUnavailable),
  loopCallsPerMinuteMax: row.loopCallsPerMinuteMax,
  alertThresholds: row.alertThresholds,
});

/** What is left of the monthly cap, never below zero; null without a cap. */
export const remainingOf = (
  { monthlyCapMicros: cap }: Pick<AgentRow, "monthlyCapMicros">,
  spentMicros: bigint,
): bigint | null => (cap === null ? null : cap > spentMicros ? cap - spentMicros : 0n);

/** What an agent spent in a month, and what is set aside for its calls that run now. */
export async function spendOf(
  db: Db,
  { organizationId, id }: Pick<AgentRow, "organizationId" | "id">,
  month: string,
): Promise<{ spentMicros: bigint; leasedMicros: bigint }> {
  const [spend] = await db
    .select({ spentMicros: budgetSpend.spentMicros, leasedMicros: budgetSpend.leasedMicros })
    .from(budgetSpend)
    .where(
      and(
        eq(budgetSpend.organizationId, organizationId),
        eq(budgetSpend.scopeKind, "agent"),
        eq(budgetSpend.scopeId, id),
        eq(budgetSpend.period, month),
      ),
    );
  return spend ?? { spentMicros: 0n, leasedMicros: 0n };
}
