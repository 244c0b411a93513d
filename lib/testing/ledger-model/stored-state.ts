import type { Sql } from "postgres";
import type { Model } from "./model.ts";

/** Everything that the model knows about, in one canonical form. */
export interface State {
  balances: Record<string, string>;
  /** In the order in which they were made. */
  grants: string[];
  leases: string[];
  spend: string[];
  txs: Record<string, string>;
  events: string;
  /** Promises that the rows themselves break; always empty. */
  broken: string[];
}

/** What the model says must be stored. */
export function expectedState(model: Model): State {
  return {
    balances: Object.fromEntries(
      Object.entries(model.balances)
        .filter(([, amount]) => amount !== 0n)
        .map(([kind, amount]) => [kind, String(amount)]),
    ),
    grants: [...model.grants]
      .sort((left, right) => left.at - right.at || left.made - right.made)
      .map(
        (g) =>
          `${g.kind} ${g.priority} ${g.expiresAt ?? "never"} ${g.payment ?? "-"} ${g.left} of ${g.amount}`,
      ),
    leases: model.leases
      .map(
        (l) =>
          `${l.kind} ${JSON.stringify(l.scope)} ${l.period} ${l.node} ${l.settled} of ${l.amount} ${l.live ? "live" : "closed"} until ${l.expiresAt}`,
      )
      .sort(),
    spend: Object.entries(model.spend)
      .map(([key, { spent, leased }]) => `${JSON.stringify(key)} ${spent} and ${leased}`)
      .sort(),
    txs: Object.fromEntries(
      Object.entries(model.txs).map(([type, { count, amount }]) => [type, `${count} for ${amount}`]),
    ),
    events: `${model.events.count} for ${model.events.amount}`,
    broken: [],
  };
}

/**
 * What is stored of an organization, in one statement, with every promise that its rows can break: sums, chains, grants,
 * rollups and prices. Written apart from the reconciliation, which is run besides.
 */
export async function storedState(sql: Sql, organizationId: string): Promise<State> {
  const [row] = await sql<{ state: State }[]>`
    with org as (select ${organizationId}::text as id),
    account as (select a.* from ledger_accounts a, org where a.organization_id = org.id),
    entry as (
      select e.*, lag(balance_after_micros, 1, 0) over (partition by kind order by account_version) as before,
        row_number() over (partition by kind order by account_version) as place
      from ledger_entries e, org where e.organization_id = org.id
    ),
    tx as (select t.* from ledger_txs t, org where t.organization_id = org.id),
    tx_sum as (
      select tx_id, sum(amount_micros) as total, sum(amount_micros) filter (where kind in ('available', 'held')) as moved,
        sum(amount_micros) filter (where kind = 'consumed') as consumed
      from entry group by tx_id
    ),
    event as (select u.* from usage_events u, org where u.organization_id = org.id),
    event_sum as (select tx_id, count(*) as events, sum(amount_micros) as micros from event group by tx_id),
    used as (select u.* from grant_uses u, org where u.organization_id = org.id),
    credit as (select g.* from credit_grants g, org where g.organization_id = org.id),
    lease as (select l.* from leases l, org where l.organization_id = org.id),
    budget as (select b.* from budget_spend b, org where b.organization_id = org.id),
    broken as (
      select 'I1 ' || tx.id as what from tx left join tx_sum s on s.tx_id = tx.id
      where coalesce(s.total, 0) <> 0 or coalesce(s.moved, 0) <> tx.amount_micros
      union all select 'I2' from account having sum(balance_micros) <> 0
      union all select 'I3 ' || kind from entry where place <> account_version or before + amount_micros <> balance_after_micros
      union all select 'I3 balance of ' || a.kind from account a
      where a.balance_micros <> (select coalesce(sum(amount_micros), 0) from entry e where e.kind = a.kind)
        or a.version <> (select count(*) from entry e where e.kind = a.kind)
      union all select 'I4 ' || kind from account where kind in ('available', 'held') and balance_micros < 0 or kind = 'debt' and balance_micros > 0
      union all select 'I4 credits and debt at once' from account
        having min(balance_micros) filter (where kind = 'debt') < 0 and max(balance_micros) filter (where kind = 'available') > 0
      union all select 'I5' where (select coalesce(sum(balance_micros), 0) from account where kind = 'held')
        <> (select coalesce(sum(amount_micros - settled_micros), 0) from lease where scope_kind = 'organization' and state = 'live')
      union all select 'I5 ' || b.scope_id from budget b where b.leased_micros <> (
        select coalesce(sum(amount_micros - settled_micros), 0) from lease l
        where l.state = 'live' and l.scope_kind = b.scope_kind and l.scope_id = b.scope_id and l.period = b.period)
      union all select 'I6' where (select coalesce(sum(balance_micros), 0) from account where kind in ('available', 'held'))
        <> (select coalesce(sum(remaining_micros), 0) from credit)
      union all select 'I7 ' || id from lease where settled_micros > amount_micros or state = 'closed' and settled_micros <> amount_micros
      union all select 'I12 ' || g.id from credit g
      where g.amount_micros <> g.remaining_micros + (select coalesce(sum(amount_micros), 0) from used u where u.grant_id = g.id)
      union all select 'I12 of ' || tx.id from tx where tx.amount_micros
        <> (select coalesce(sum(amount_micros), 0) from credit g where g.tx_id = tx.id)
          - (select coalesce(sum(amount_micros), 0) from used u where u.tx_id = tx.id)
      union all select 'I13 ' || tx.id from tx left join tx_sum s on s.tx_id = tx.id left join event_sum e on e.tx_id = tx.id
      where coalesce(s.consumed, 0) <> coalesce(e.micros, 0) or tx.event_count <> coalesce(e.events, 0)
      union all select 'I13 rollup' from (
        select date_trunc('hour', counted_at) as hour, coalesce(agent_id, '') as agent_id, source,
          count(*) as events, sum(amount_micros) as micros from event group by 1, 2, 3
      ) e full join (
        select hour, agent_id, source, sum(events) as events, sum(amount_micros) as micros
        from spend_rollup r, org where r.organization_id = org.id group by 1, 2, 3
      ) r using (hour, agent_id, source)
      where e.events is distinct from r.events or e.micros is distinct from r.micros
      union all select 'I13 budget of ' || coalesce(b.scope_id, e.agent_id) from (
        select agent_id, period, sum(amount_micros) as micros from event where agent_id is not null group by 1, 2
      ) e full join (select * from budget where scope_kind = 'agent') b on b.scope_id = e.agent_id and b.period = e.period
      where coalesce(e.micros, 0) <> coalesce(b.spent_micros, 0)
      union all select 'I14 ' || event.id from event join plan_versions v on v.plan || '@' || v.version = event.price_version
      where amount_micros <> call_units * per_call_micros + hundred_ms_units * per_100ms_micros + kib64_units * per_64kib_micros
      union all select 'I14 without prices ' || id from event where kind = 'call' and price_version is null
    )
    select jsonb_build_object(
      'balances', coalesce((select jsonb_object_agg(kind, balance_micros::text) from account where balance_micros <> 0), '{}'),
      'grants', coalesce((select jsonb_agg(concat_ws(' ', kind, priority,
        coalesce((extract(epoch from expires_at) * 1000)::bigint::text, 'never'), coalesce(payment_id, '-'),
        remaining_micros, 'of', amount_micros) order by created_at, id) from credit), '[]'),
      'leases', coalesce((select jsonb_agg(concat_ws(' ', scope_kind, to_json(scope_id)::text, period, node, settled_micros,
        'of', amount_micros, state, 'until', (extract(epoch from expires_at) * 1000)::bigint)) from lease), '[]'),
      'spend', coalesce((select jsonb_agg(concat_ws(' ', to_json(scope_kind || '|' || scope_id || '|' || period)::text,
        spent_micros, 'and', leased_micros)) from budget), '[]'),
      'txs', coalesce((select jsonb_object_agg(type, said) from (
        select type, count(*) || ' for ' || sum(amount_micros) as said from tx group by type) t), '{}'),
      'events', (select count(*) || ' for ' || coalesce(sum(amount_micros), 0) from event),
      'broken', coalesce((select jsonb_agg(what) from broken), '[]')
    ) as state`;
  if (!row) throw new Error("the statement answered no row");
  const { state } = row;
  for (const list of [state.leases, state.spend]) list.sort();
  return state;
}
