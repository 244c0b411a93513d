import { limits } from "#lib/kernel/limits.ts";
import type { StateRule } from "./state-rule.ts";

/**
 * What an edge set aside is neither settled nor given back long after its longest call could have ended: usage waits, and
 * balances and budgets are not what they seem.
 */
export const meteringStale: StateRule = {
  rule: "metering_stale",
  title: "Usage is not settled",
  description:
    "Credits that were set aside for calls are neither settled nor given back long after their time.",
  async look({ database: { sql }, clock }) {
    const overdueMs =
      limits.mcp.toolCallDurationMsMax + limits.money.leaseSettleGraceMs + limits.alertRules.meteringStaleMs;
    const before = new Date(clock.nowMs() - overdueMs).toISOString();
    const rows = await sql<{ organization_id: string; leases: number; oldest: string }[]>`
      select organization_id, count(*)::int as leases, min(expires_at) as oldest from leases
      where state = 'live' and expires_at < ${before}::timestamptz
      group by 1 order by 1`;
    return {
      states: rows.map(({ organization_id, leases, oldest }) => ({
        organizationId: organization_id,
        scope: "organization",
        severity: "warning",
        title: "Usage waits to be settled",
        detail: `${leases} ${leases === 1 ? "amount" : "amounts"} set aside for calls ended at ${new Date(oldest).toISOString()} or later and ${leases === 1 ? "is" : "are"} not settled. Balances may be too low until then.`,
        path: "/settings/billing",
      })),
    };
  },
};

/** The newest reconciliation of an organization's books found that they do not balance. */
export const ledgerDrift: StateRule = {
  rule: "ledger_drift",
  title: "Books do not balance",
  description: "The newest reconciliation found amounts that do not add up.",
  async look({ database: { sql } }) {
    const rows = await sql<{ organization_id: string; started_at: string }[]>`
      select o.id as organization_id, last.started_at from organizations o
      cross join lateral (
        select status, started_at from reconciliation_runs r
        where r.organization_id = o.id order by r.id desc limit 1
      ) last
      where last.status = 'drift' order by 1`;
    return {
      states: rows.map(({ organization_id, started_at }) => ({
        organizationId: organization_id,
        scope: "organization",
        severity: "critical",
        title: "The books do not balance",
        detail: `The reconciliation of ${new Date(started_at).toISOString()} found drift. Settings, Billing shows which promise does not hold.`,
        path: "/settings/billing",
      })),
    };
  },
};
