import type { ISql } from "postgres";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { capOf } from "./agent-caps.ts";
import type { LeaseScope } from "./lease-types.ts";
import { readCaps } from "./read-budgets.ts";
import { nameInScope } from "./scopes.ts";

/** One cap of an agent, and how far it is used up in the month that is now (UTC). Amounts in micros. */
export interface BudgetLayer {
  readonly kind: Exclude<LeaseScope["kind"], "organization">;
  /** The agent, or the end user or session as the agent named it; empty for users that it does not tell apart. */
  readonly name: string;
  readonly capMicros: bigint;
  readonly spentMicros: bigint;
  /** What neither was spent nor is set aside for calls that run; never below zero. */
  readonly remainingMicros: bigint;
  readonly resetsAtMs: number;
}

/** The caps of an agent that have anything spent against them, the one with the least left first, and always the agent's own. */
export async function readBudgetLayers(
  sql: ISql,
  { organizationId, agentId }: { organizationId: string; agentId: string },
  { nowMs, layersMax }: { nowMs: number; layersMax: number },
): Promise<BudgetLayer[]> {
  const { key: period, endMs } = utcMonthOf(nowMs);
  const caps = (await readCaps(sql, organizationId, [agentId])).get(agentId);
  if (!caps) return [];
  const rows = await sql<{ kind: BudgetLayer["kind"]; id: string; spent: string; leased: string }[]>`
    select scope_kind as kind, scope_id as id, spent_micros as spent, leased_micros as leased from budget_spend
    where organization_id = ${organizationId} and agent_id = ${agentId} and period = ${period}
    order by spent_micros desc limit ${layersMax * 10}`;
  const own = { kind: "agent" as const, id: agentId, spent: "0", leased: "0" };
  const layers = [...rows, ...(rows.some(({ kind }) => kind === "agent") ? [] : [own])].flatMap((row) => {
    const capMicros = capOf(caps, row);
    if (capMicros === null) return [];
    const leftMicros = capMicros - BigInt(row.spent) - BigInt(row.leased);
    return [
      {
        kind: row.kind,
        name: row.kind === "agent" ? agentId : nameInScope(row.id),
        capMicros,
        spentMicros: BigInt(row.spent),
        remainingMicros: leftMicros > 0n ? leftMicros : 0n,
        resetsAtMs: endMs,
      },
    ];
  });
  const place = ({ kind, remainingMicros }: BudgetLayer): bigint =>
    kind === "agent" ? -1n : remainingMicros;
  return layers
    .sort((a, b) => (place(a) === place(b) ? (a.name < b.name ? -1 : 1) : place(a) < place(b) ? -1 : 1))
    .slice(0, layersMax);
}
