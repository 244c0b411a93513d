import { formatUsd, microsOf } from "#lib/kernel/money.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import type { System } from "../access/index.ts";
import { raiseAlert } from "./raise-alert.ts";

interface AgentSpend {
  organization_id: string;
  agent_id: string;
  name: string;
  spent: string;
  cap: string;
  thresholds: number[];
}

interface CreditSpend {
  organization_id: string;
  spent: string;
  balance: string;
  since: Date | string;
  thresholds: number[];
}

/**
 * Raises what the amounts of now say: an agent's spend against its monthly cap, and an organization's credits used since
 * the month began or credits were last added, against all it had in that time. Looks at levels, not at changes, so nothing
 * is missed by whoever was not there; each line is told once per period. Answers how many were new.
 */
export async function raiseSpendAlerts(system: System): Promise<number> {
  const nowMs = system.clock.nowMs();
  const month = utcMonthOf(nowMs);
  const monthStart = new Date(month.startMs);
  const { sql } = system.database;
  const [agents, credits] = await Promise.all([
    sql<AgentSpend[]>`
      select a.organization_id, a.id as agent_id, a.name, s.spent_micros::text as spent,
        a.monthly_cap_micros::text as cap, a.alert_thresholds as thresholds
      from budget_spend s
      join agents a on a.organization_id = s.organization_id and a.id = s.agent_id
      where s.scope_kind = 'agent' and s.period = ${month.key}
        and a.deleted_at is null and a.monthly_cap_micros > 0 and s.spent_micros > 0`,
    sql<CreditSpend[]>`
      select b.organization_id, b.balance::text as balance, b.since,
        coalesce((select sum(r.amount_micros) from spend_rollup r
          where r.organization_id = b.organization_id and r.hour >= b.since), 0)::text as spent,
        coalesce(t.alert_thresholds, '{50,80,95,100}') as thresholds
      from (
        select a.organization_id, sum(a.balance_micros) as balance,
          greatest(${monthStart.toISOString()}::timestamptz,
            (select max(g.created_at) from credit_grants g where g.organization_id = a.organization_id)) as since
        from ledger_accounts a where a.kind in ('available', 'held') group by 1
      ) b
      left join billing_settings t on t.organization_id = b.organization_id
      where exists (select 1 from credit_grants g where g.organization_id = b.organization_id)`,
  ]);
  let raised = 0;
  const raise = async (alert: Parameters<typeof raiseAlert>[1]): Promise<void> => {
    const context = { db: system.database.db, clock: system.clock, ids: system.ids };
    if ((await raiseAlert(context, alert)) !== null) raised++;
  };
  for (const row of agents) {
    const [spent, cap] = [microsOf(row.spent), microsOf(row.cap)];
    for (const threshold of crossed(spent, cap, row.thresholds))
      await raise({
        organizationId: row.organization_id,
        rule: "agent_budget_used",
        scope: row.agent_id,
        threshold,
        severity: severityOf(threshold),
        title: `${row.name} has used ${threshold} % of its monthly budget`,
        detail: `$${formatUsd(spent)} of $${formatUsd(cap)} are spent since the month began (UTC).${threshold >= 100 ? " Its calls are denied until the month ends or the budget is raised." : ""}`,
        path: `/agents/${row.agent_id}/budget`,
        periodStart: monthStart,
      });
  }
  for (const row of credits) {
    const spent = microsOf(row.spent);
    const had = spent + microsOf(row.balance);
    for (const threshold of crossed(spent, had, row.thresholds))
      await raise({
        organizationId: row.organization_id,
        rule: "credits_used",
        scope: "organization",
        threshold,
        severity: severityOf(threshold),
        title: `${threshold} % of the credits are used`,
        detail: `$${formatUsd(spent)} are spent since ${new Date(row.since).toISOString()}, and $${formatUsd(had - spent)} are left.${threshold >= 100 ? " Billed calls are denied until credits are added." : ""}`,
        path: "/settings/billing",
        periodStart: new Date(row.since),
      });
  }
  return raised;
}

const crossed = (spent: bigint, whole: bigint, thresholds: readonly number[]): number[] =>
  whole <= 0n ? [] : thresholds.filter((threshold) => spent * 100n >= whole * BigInt(threshold));

const severityOf = (threshold: number) =>
  threshold >= 100 ? "critical" : threshold >= 80 ? "warning" : "info";
