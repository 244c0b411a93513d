import type { Sql } from "postgres";
import { utcMonthNamed } from "#lib/kernel/utc-month.ts";
import { capOf } from "./agent-caps.ts";
import { type LeaseRow, readLeases } from "./lease-rows.ts";
import type { LeaseScope } from "./lease-types.ts";
import { counterKey, readCaps, readCounters } from "./read-budgets.ts";
import { agentOfScope } from "./scopes.ts";
import { expiryOf } from "./take-lease.ts";

/** Keeps leases alive as `LeaseStore.renew` says; moves no money, so it opens no books; locks as `lockLeases` does. */
export async function renewLeases(
  sql: Sql,
  organizationId: string,
  leaseIds: readonly string[],
  nowMs: number,
): Promise<readonly string[]> {
  const leases = (await readLeases(sql, leaseIds)).filter(
    (lease) => lease.organizationId === organizationId && lease.isLive,
  );
  const budgets = leases.filter(({ kind }) => kind !== "organization");
  const [caps, counters] = await Promise.all([
    readCaps(
      sql,
      organizationId,
      budgets.map(({ scopeId }) => agentOfScope(scopeId)),
    ),
    readCounters(
      sql,
      organizationId,
      budgets.map((lease) => ({ scope: scopeOf(lease), period: lease.period })),
    ),
  ]);
  const mayGoOn = (lease: LeaseRow): boolean => {
    if (lease.kind === "organization") return true;
    const agent = caps.get(agentOfScope(lease.scopeId));
    if (!agent || agent.isPaused || nowMs >= utcMonthNamed(lease.period).endMs) return false;
    const cap = capOf(agent, scopeOf(lease));
    const counter = counters.get(counterKey(scopeOf(lease), lease.period));
    return cap === null || !counter || counter.spentMicros + counter.leasedMicros <= cap;
  };
  const going = leases.filter(mayGoOn);
  const renewed = await sql<{ id: string }[]>`
    with going as materialized (
      select l.id, u.expires_at
      from unnest(${going.map(({ id }) => id)}::text[],
          ${going.map((lease) => new Date(expiryOf(lease.period, nowMs)).toISOString())}::text[]::timestamptz[]
        ) as u(id, expires_at)
        join leases l on l.organization_id = ${organizationId} and l.id = u.id and l.state = 'live'
      order by l.id for no key update of l
    )
    update leases l set expires_at = greatest(l.expires_at, g.expires_at)
    from going g where l.organization_id = ${organizationId} and l.id = g.id and l.state = 'live'
    returning l.id`;
  const live = new Set(renewed.map(({ id }) => id));
  return leaseIds.filter((id) => !live.has(id));
}

const scopeOf = ({ kind, scopeId }: LeaseRow): LeaseScope => ({ kind, id: scopeId });
