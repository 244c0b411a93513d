import { type CheckedBooks, type Invariant, newTxs } from "./checked-books.ts";

/** About what is set aside, grants and payments. */
export const CREDIT_INVARIANTS: readonly Invariant[] = [
  {
    id: "I5",
    promise: "What is held is what live leases have set aside, of credits and of each budget.",
    isMoney: true,
    rows: ({ sql, organizationId, isFull }) => sql`
      with lease as (
        select scope_kind, scope_id, period, sum(amount_micros - settled_micros) as micros from leases
        where organization_id = ${organizationId} and state = 'live'
        group by 1, 2, 3
      )
      select 'held credits' as what,
        (select coalesce(sum(micros), 0) from lease where scope_kind = 'organization')::text as expected,
        (select coalesce(sum(balance_micros), 0) from ledger_accounts
          where organization_id = ${organizationId} and kind = 'held')::text as found
      union all
      select l.scope_kind || ' ' || l.scope_id || ' in ' || l.period, l.micros::text, coalesce(b.leased_micros, 0)::text
      from lease l left join budget_spend b on b.organization_id = ${organizationId} and b.scope_kind = l.scope_kind
        and b.scope_id = l.scope_id and b.period = l.period
      where l.scope_kind <> 'organization'
      union all
      select b.scope_kind || ' ' || b.scope_id || ' in ' || b.period, '0', b.leased_micros::text
      from budget_spend b
      where ${isFull} and b.organization_id = ${organizationId} and b.leased_micros > 0 and not exists (
        select from lease l where l.scope_kind = b.scope_kind and l.scope_id = b.scope_id and l.period = b.period)`,
  },
  {
    id: "I6",
    promise: "Available and held credits are what is left of the grants.",
    isMoney: true,
    rows: ({ sql, organizationId }) => sql`
      select 'all grants' as what,
        (select coalesce(sum(balance_micros), 0) from ledger_accounts
          where organization_id = ${organizationId} and kind in ('available', 'held'))::text as expected,
        (select coalesce(sum(remaining_micros), 0) from credit_grants
          where organization_id = ${organizationId} and remaining_micros > 0)::text as found`,
  },
  {
    id: "I7",
    promise: "What a lease set aside is resolved once: settled or given back, never both.",
    isMoney: true,
    rows: ({ sql, organizationId, isFull }) => sql`
      select 'lease ' || id as what,
        (case when state = 'closed' then settled_micros else greatest(amount_micros, settled_micros) end)::text as expected,
        amount_micros::text as found
      from leases where organization_id = ${organizationId} and (${isFull} or state = 'live')`,
  },
  {
    id: "I10",
    promise: "Of a payment is clawed back what its refunds and disputes say, at most what it brought.",
    isMoney: true,
    rows: ({ sql, organizationId }) => sql`
      select 'payment ' || p.id as what, least(p.target_micros, p.granted_micros)::text as expected, coalesce((
          select sum(e.amount_micros) from ledger_txs t
            join ledger_entries e on e.organization_id = t.organization_id and e.tx_id = t.id and e.kind = 'refunded'
          where t.organization_id = p.organization_id and t.source_kind = 'payment' and t.source_id = p.id
        ), 0)::text as found
      from payments p where p.organization_id = ${organizationId}`,
  },
  {
    id: "I12",
    promise: "A grant is what was used, expired, went back, paid debts and is left of it.",
    isMoney: true,
    rows: (books) => (books.isFull ? wholeGrants(books) : grantsOfNewTxs(books)),
  },
];

const wholeGrants = ({ sql, organizationId }: CheckedBooks) => sql`
  select 'grant ' || g.id as what, g.amount_micros::text as expected,
    (g.remaining_micros + coalesce(sum(u.amount_micros), 0))::text as found
  from credit_grants g
    left join grant_uses u on u.organization_id = g.organization_id and u.grant_id = g.id
  where g.organization_id = ${organizationId}
  group by g.id, g.amount_micros, g.remaining_micros`;

/** What new transactions did to the balance is what they did to grants. */
const grantsOfNewTxs = (books: CheckedBooks) => books.sql`
  select 'grants of transaction ' || t.id as what, t.amount_micros::text as expected, (
      coalesce((select sum(g.amount_micros) from credit_grants g
        where g.organization_id = t.organization_id and g.tx_id = t.id), 0)
      - coalesce((select sum(u.amount_micros) from grant_uses u
        where u.organization_id = t.organization_id and u.tx_id = t.id), 0)
    )::text as found
  from ${newTxs(books)} t`;
