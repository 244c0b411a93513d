import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { type CheckedBooks, type Invariant, iso, newUsage } from "./checked-books.ts";

const HOUR_MS = 3_600_000;
const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

/** About calls, what was billed for them, and what is counted of it. */
export const USAGE_INVARIANTS: readonly Invariant[] = [
  {
    id: "I8",
    promise: "Every tool call has one verdict, and is billed at most once, for what its row says.",
    isMoney: false,
    rows: calls,
  },
  {
    id: "I13",
    promise: "Spend by hour and budget is what the billed calls cost, and what the ledger took for them.",
    isMoney: true,
    rows: (books) => books.sql`${debits(books)} union all ${hours(books)} union all ${budgets(books)}`,
  },
  {
    id: "I14",
    promise: "A debit can be computed again from the units of its calls and the prices of its version.",
    isMoney: true,
    rows: (books) => books.sql`
      select 'transaction ' || t.id as what, coalesce((
          select sum(v.per_call_micros * u.call_units + v.per_100ms_micros * u.hundred_ms_units
            + v.per_64kib_micros * u.kib64_units)
          from usage_events u join plan_versions v on v.plan || '@' || v.version = u.price_version
          where u.organization_id = t.organization_id and u.tx_id = t.id
        ), 0)::text as expected, coalesce((
          select sum(e.amount_micros) from ledger_entries e
          where e.organization_id = t.organization_id and e.tx_id = t.id and e.kind = 'consumed'
        ), 0)::text as found
      from ${newUsage(books)} t where t.type = 'usage'`,
  },
];

/** Rows of the request log with what was billed for them; rows from before there were verdicts are left out. */
function calls({ sql, organizationId, sinceMs, nowMs }: CheckedBooks) {
  const from = uuid7Floor(sinceMs);
  const to = uuid7Floor(nowMs - limits.money.usageWatermarkMs);
  return sql`
    with call as (
      select id, billing, amount_micros from request_log
      where organization_id = ${organizationId} and id >= ${from}::uuid and id < ${to}::uuid
        and kind = 'request' and method = 'tools/call'
    ), billed as (
      select id, amount_micros from usage_events
      where organization_id = ${organizationId} and id >= ${from}::uuid and id < ${to}::uuid and kind = 'call'
    )
    select 'call ' || c.id as what,
      case when c.billing = 'billed' then 'billed ' || coalesce(c.amount_micros::text, 'nothing')
        when c.billing like 'zero_rated:%' and c.amount_micros is null then 'free'
        else 'a verdict' end as expected,
      case when b.id is not null then 'billed ' || b.amount_micros
        when c.billing is null then 'no verdict' else 'free' end as found
    from call c left join billed b on b.id = c.id
    where c.billing is not null or c.id > (select id from call where billing is not null order by id limit 1)`;
}

/** What each debit took, and what its events cost. */
const debits = (books: CheckedBooks) => books.sql`
  select 'debit ' || t.id as what, t.event_count || ' for ' || coalesce((
      select sum(e.amount_micros) from ledger_entries e
      where e.organization_id = t.organization_id and e.tx_id = t.id and e.kind = 'consumed'
    ), 0) as expected, count(u.id) || ' for ' || coalesce(sum(u.amount_micros), 0) as found
  from ${newUsage(books)} t
    left join usage_events u on u.organization_id = t.organization_id and u.tx_id = t.id
  group by t.organization_id, t.id, t.event_count`;

/** Events and their hourly sums are written together, so every hour agrees, even the current one. */
const hours = ({ sql, organizationId, sinceMs, nowMs }: CheckedBooks) => {
  const from = hourOf(sinceMs);
  const to = hourOf(nowMs) + HOUR_MS;
  return sql`
    select 'hour ' || to_char(coalesce(e.hour, s.hour) at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
      coalesce(e.found, '0 for 0'), coalesce(s.found, '0 for 0')
    from (
      select date_trunc('hour', counted_at, 'UTC') as hour, count(*) || ' for ' || sum(amount_micros) as found
      from usage_events
      where organization_id = ${organizationId} and id >= ${uuid7Floor(from)}::uuid and id < ${uuid7Floor(to)}::uuid
      group by 1
    ) e full join (
      select hour, sum(events) || ' for ' || sum(amount_micros) as found from spend_rollup
      where organization_id = ${organizationId} and hour >= ${iso(from)}::timestamptz and hour < ${iso(to)}::timestamptz
      group by 1
    ) s on s.hour = e.hour`;
};

/** Budgets of agents: of the current period and the one before it, in full runs. */
const budgets = ({ sql, organizationId, isFull, nowMs }: CheckedBooks) => {
  const { key, startMs } = utcMonthOf(utcMonthOf(nowMs).startMs - 1);
  return sql`
    select 'agent ' || coalesce(e.agent_id, b.agent_id) || ' in ' || coalesce(e.period, b.period),
      coalesce(e.micros, 0)::text, coalesce(b.spent_micros, 0)::text
    from (
      select agent_id, period, sum(amount_micros) as micros from usage_events
      where ${isFull} and organization_id = ${organizationId} and id >= ${uuid7Floor(startMs - DAY_MS)}::uuid
        and period >= ${key}
      group by 1, 2
    ) e full join (
      select agent_id, period, spent_micros from budget_spend
      where ${isFull} and organization_id = ${organizationId} and scope_kind = 'agent'
        and period >= ${key}
    ) b on b.agent_id = e.agent_id and b.period = e.period`;
};

const DAY_MS = 24 * HOUR_MS;
