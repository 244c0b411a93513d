import type { TransactionSql } from "postgres";
import { storableJson } from "#lib/kernel/text.ts";
import type { LeaseScope } from "./lease-types.ts";
import { agentOfScope } from "./scopes.ts";

/** Adds up what happens to budgets, so that each counter is written once. */
export interface BudgetChanges {
  add(scope: LeaseScope, period: string, change: { spent?: bigint; leased?: bigint }): void;
  /** Writes all of it. Counters of one organization are only changed with its books open. */
  write(sql: TransactionSql, nowMs: number): Promise<void>;
}

export function createBudgetChanges(): {
  of(organizationId: string): BudgetChanges["add"];
  write: BudgetChanges["write"];
} {
  interface Counter {
    organization_id: string;
    scope_kind: string;
    scope_id: string;
    period: string;
    agent_id: string;
    spent: bigint;
    leased: bigint;
  }
  const counters = new Map<string, Counter>();
  return {
    of: (organizationId) => (scope, period, change) => {
      const key = JSON.stringify([organizationId, scope.kind, scope.id, period]);
      const counter = counters.get(key) ?? {
        organization_id: organizationId,
        scope_kind: scope.kind,
        scope_id: scope.id,
        period,
        agent_id: agentOfScope(scope.id),
        spent: 0n,
        leased: 0n,
      };
      counter.spent += change.spent ?? 0n;
      counter.leased += change.leased ?? 0n;
      counters.set(key, counter);
    },
    async write(sql, nowMs) {
      if (counters.size === 0) return;
      const rows = [...counters.values()].map((row) => ({
        ...row,
        spent: String(row.spent),
        leased: String(row.leased),
      }));
      // A counter that goes down is there already: what is given back was set aside.
      await sql`
        with change as (
          select * from jsonb_to_recordset(${storableJson(rows)}::text::jsonb) as c(organization_id text, scope_kind text,
            scope_id text, period text, agent_id text, spent bigint, leased bigint)
        ), changed as (
          update budget_spend b set spent_micros = b.spent_micros + c.spent, leased_micros = b.leased_micros + c.leased,
            updated_at = ${new Date(nowMs).toISOString()}::timestamptz
          from change c
          where b.organization_id = c.organization_id and b.scope_kind = c.scope_kind and b.scope_id = c.scope_id
            and b.period = c.period
          returning b.organization_id, b.scope_kind, b.scope_id, b.period
        )
        insert into budget_spend (organization_id, scope_kind, scope_id, period, agent_id, spent_micros, leased_micros,
          updated_at)
        select organization_id, scope_kind, scope_id, period, agent_id, spent, leased,
          ${new Date(nowMs).toISOString()}::timestamptz
        from change c
        where not exists (
          select from changed d where d.organization_id = c.organization_id and d.scope_kind = c.scope_kind
            and d.scope_id = c.scope_id and d.period = c.period)`;
    },
  };
}
