import { z } from "zod";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { formatUsd, microsOf } from "#lib/kernel/money.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { type System, systemCommand } from "../access/index.ts";
import { type AlertToRaise, raiseAlert } from "./raise-alert.ts";

const ACTOR = { kind: "system", name: "jobs" } as const;

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

type CrossedLine = AlertToRaise & { threshold: number };

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
        (b.consumed - coalesce((select e.balance_after_micros from ledger_entries e
          where e.organization_id = b.organization_id and e.kind = 'consumed' and e.tx_id < b.since_tx
          order by e.organization_id desc, e.tx_id desc, e.line desc limit 1), 0))::text as spent,
        coalesce(t.alert_thresholds, '{50,80,95,100}') as thresholds
      from (
        select a.organization_id,
          sum(a.balance_micros) filter (where a.kind in ('available', 'held')) as balance,
          sum(a.balance_micros) filter (where a.kind = 'consumed') as consumed,
          greatest(${monthStart.toISOString()}::timestamptz, added.created_at) as since,
          greatest(${uuid7Floor(month.startMs)}::uuid, added.tx_id) as since_tx
        from ledger_accounts a
        join lateral (
          select g.created_at, g.tx_id from credit_grants g where g.organization_id = a.organization_id
          order by g.created_at desc, g.id desc limit 1
        ) added on true
        group by a.organization_id, added.created_at, added.tx_id
      ) b
      left join billing_settings t on t.organization_id = b.organization_id`,
  ]);
  const lines: CrossedLine[] = [];
  for (const row of agents) {
    const [spent, cap] = [microsOf(row.spent), microsOf(row.cap)];
    for (const threshold of crossed(spent, cap, row.thresholds))
      lines.push({
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
      lines.push({
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
  let raised = 0;
  for (const line of await untold(system, lines)) {
    const caller = { system, actor: ACTOR, requestId: system.ids.id("req") };
    if (await raiseSpendAlert(caller, line)) raised++;
  }
  return raised;
}

/** The lines without an alert in their period. */
async function untold(
  { database: { sql } }: System,
  lines: readonly CrossedLine[],
): Promise<readonly CrossedLine[]> {
  const keys = lines.map(({ organizationId, rule, scope, threshold, periodStart }) => ({
    organizationId,
    rule,
    scope,
    threshold,
    periodStart: periodStart.toISOString(),
  }));
  const rows = await sql<{ line: number }[]>`
    select (c.line - 1)::int as line
    from rows from (jsonb_to_recordset(${JSON.stringify(keys)}::text::jsonb)
      as ("organizationId" text, rule text, scope text, threshold int, "periodStart" timestamptz))
      with ordinality as c (organization_id, rule, scope, threshold, period_start, line)
    where not exists (
      select 1 from alerts a where a.organization_id = c.organization_id and a.rule = c.rule
        and a.scope = c.scope and a.threshold = c.threshold and a.period_start = c.period_start)
    order by c.line`;
  return rows.flatMap(({ line }) => lines[line] ?? []);
}

/** An alert and its deliveries, both or none. The alert is the record: there is none in the audit log. */
const raiseSpendAlert = systemCommand({
  name: "alert.raise",
  input: z.custom<AlertToRaise>(),
  run: async (ctx, alert) => ({ value: (await raiseAlert(ctx, alert)) !== null, audit: null }),
});

const crossed = (spent: bigint, whole: bigint, thresholds: readonly number[]): number[] =>
  whole <= 0n ? [] : thresholds.filter((threshold) => spent * 100n >= whole * BigInt(threshold));

const severityOf = (threshold: number) =>
  threshold >= 100 ? "critical" : threshold >= 80 ? "warning" : "info";
