import type { ISql } from "postgres";
import { type AgentCaps, type AgentCapsRow, agentCapsOf } from "./agent-caps.ts";
import type { LeaseScope } from "./lease-types.ts";

export interface Counter {
  readonly spentMicros: bigint;
  readonly leasedMicros: bigint;
}

export const counterKey = ({ kind, id }: LeaseScope, period: string): string =>
  JSON.stringify([kind, id, period]);

/** Caps of agents that are there, by id. */
export async function readCaps(
  sql: ISql,
  organizationId: string,
  agentIds: readonly string[],
): Promise<ReadonlyMap<string, AgentCaps>> {
  const rows = await sql<(AgentCapsRow & { id: string })[]>`
    select id, pause_reason is not null as paused, monthly_cap_micros as monthly, default_user_cap_micros as default_user,
      anonymous_user_cap_micros as anonymous_user, session_cap_micros as session, user_caps as users
    from agents where organization_id = ${organizationId} and id = any(${[...new Set(agentIds)]}::text[])
      and deleted_at is null`;
  return new Map(rows.map((row) => [row.id, agentCapsOf(row)]));
}

/** What scopes have spent and set aside in their periods, by `counterKey`; what is missing has spent nothing. */
export async function readCounters(
  sql: ISql,
  organizationId: string,
  scopes: readonly { scope: LeaseScope; period: string }[],
): Promise<ReadonlyMap<string, Counter>> {
  const rows = await sql<
    { kind: LeaseScope["kind"]; id: string; period: string; spent: string; leased: string }[]
  >`
    select b.scope_kind as kind, b.scope_id as id, b.period, b.spent_micros as spent, b.leased_micros as leased
    from unnest(${scopes.map(({ scope }) => scope.kind)}::text[], ${scopes.map(({ scope }) => scope.id)}::text[],
      ${scopes.map(({ period }) => period)}::text[]) as s(kind, id, period)
      join budget_spend b on b.organization_id = ${organizationId} and b.scope_kind = s.kind and b.scope_id = s.id
        and b.period = s.period`;
  return new Map(
    rows.map((row) => [
      counterKey(row, row.period),
      { spentMicros: BigInt(row.spent), leasedMicros: BigInt(row.leased) },
    ]),
  );
}
