import type { Evidence } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { lastReconciliation, readAccounts } from "../../billing/index.ts";
import { listPaymentNotices } from "../../payments/index.ts";
import { planOf } from "../../plans/index.ts";
import { cutNameOrNull, cutText, isoOf, isoOrNull } from "./evidence-text.ts";
import type { Collection } from "./section.ts";
import { idsOf } from "./windows.ts";

type Billing = Evidence["billing"];
type Collected<Part extends keyof Billing> = Extract<Billing[Part], { status: "collected" }>["value"];

const { examplesMax, clientsMax, windowMsMax } = limits.incidents;

/** The money of the organization, for those who may see it. */
export async function collectBilling(collection: Collection): Promise<Billing> {
  const { section, ctx, organizationId, nowMs, read } = collection;
  const [balance, movements, late, prices, reconciliation, payments, metering] = await Promise.all([
    section("billing.balance", () => balanceOf(collection)),
    section("billing.movements", () => read((sql) => movementsOf(sql, collection))),
    section("billing.late", () => read((sql) => lateOf(sql, collection))),
    section("billing.prices", () => pricesOf(collection)),
    section("billing.reconciliation", async () => {
      const run = await read((sql) => lastReconciliation(sql, organizationId));
      if (run.at === null) return null;
      const drifts = run.checks.filter(({ status }) => status !== "balanced").length;
      return { status: run.status, at: run.at, drifts };
    }),
    section("billing.payments", async () =>
      (await listPaymentNotices(ctx.database.db, organizationId, nowMs)).map(({ code, message, at }) => ({
        kind: code,
        detail: cutText(message),
        at,
      })),
    ),
    section("billing.metering", () => read((sql) => meteringOf(sql, collection))),
  ]);
  return { balance, movements, late, prices, reconciliation, payments, metering };
}

async function balanceOf({ ctx, organizationId, nowMs, read }: Collection): Promise<Collected<"balance">> {
  const [accounts, plan] = await Promise.all([
    read((sql) => readAccounts(sql, organizationId)),
    planOf(ctx.database.db, organizationId, nowMs),
  ]);
  return {
    availableMicros: String(accounts.available),
    heldMicros: String(accounts.held),
    debtMicros: String(accounts.owed),
    isPriced: plan.isPriced,
    priceVersion: plan.priceVersion,
  };
}

/**
 * What moved credits in the window and the one before, by cause, the biggest difference first. What went back to a payer
 * whose payment is disputed is a `dispute`.
 */
async function movementsOf(
  sql: Reader,
  { question, organizationId }: Collection,
): Promise<Collected<"movements">> {
  const { beforeFromId, fromId, toId } = idsOf(question);
  const rows = await sql<
    {
      kind: string;
      agent_id: string | null;
      agent_name: string | null;
      price_version: string | null;
      now: string;
      before: string;
      count: string;
      count_before: string;
      tx_ids: string[] | null;
    }[]
  >`
    select m.kind, m.agent_id, a.name as agent_name, m.price_version, m.now, m.before, m.count, m.count_before, m.tx_ids
    from (
      select case when t.type = 'refund' and p.disputes <> '{}'::jsonb then 'dispute' else t.type end as kind,
        nullif(t.agent_id, '') as agent_id, t.price_version,
        coalesce(sum(t.amount_micros) filter (where t.id >= ${fromId}), 0)::text as now,
        coalesce(sum(t.amount_micros) filter (where t.id < ${fromId}), 0)::text as before,
        coalesce(sum(greatest(t.event_count, 1)) filter (where t.id >= ${fromId}), 0)::text as count,
        coalesce(sum(greatest(t.event_count, 1)) filter (where t.id < ${fromId}), 0)::text as count_before,
        (array_agg(t.id order by t.id desc) filter (where t.id >= ${fromId}))[1:${examplesMax}] as tx_ids
      from ledger_txs t
      left join payments p on p.organization_id = t.organization_id and t.source_kind = 'payment' and p.id = t.source_id
      where t.organization_id = ${organizationId} and t.type not in ('lease', 'release')
        and t.id >= ${beforeFromId} and t.id < ${toId}
      group by 1, 2, 3
    ) m
    left join agents a on a.organization_id = ${organizationId} and a.id = m.agent_id
    order by abs(m.now::numeric - m.before::numeric) desc, m.kind, m.agent_id, m.price_version
    limit ${clientsMax}`;
  return rows.map((row) => ({
    kind: row.kind,
    agentId: row.agent_id,
    agentName: cutNameOrNull(row.agent_name),
    priceVersion: row.price_version,
    nowMicros: row.now,
    beforeMicros: row.before,
    count: Number(row.count),
    countBefore: Number(row.count_before),
    txIds: (row.tx_ids ?? []).map((id) => encodeId("tx", id)),
  }));
}

/** Usage that was counted in the window more than an hour after it happened, and happened before the window. */
async function lateOf(sql: Reader, { question, organizationId }: Collection): Promise<Collected<"late">> {
  const [from, to] = [question.window.fromMs, question.window.toMs].map((ms) => new Date(ms).toISOString());
  const [row] = await sql<{ count: string; micros: string }[]>`
    select count(*) as count, coalesce(sum(amount_micros), 0)::text as micros from usage_events
    where organization_id = ${organizationId} and counted_at - occurred_at > interval '1 hour'
      and counted_at >= ${from ?? ""}::timestamptz and counted_at < ${to ?? ""}::timestamptz
      and occurred_at < ${from ?? ""}::timestamptz`;
  return { count: Number(row?.count ?? 0), micros: row?.micros ?? "0" };
}

/** The prices that count, and those of the plan that came into force lately. */
async function pricesOf({
  ctx,
  question,
  organizationId,
  nowMs,
  read,
}: Collection): Promise<Collected<"prices">> {
  const plan = await planOf(ctx.database.db, organizationId, nowMs);
  const rows = await read(
    (sql) => sql<{ version: string; at: string }[]>`
      select plan || '@' || version as version, effective_at as at from plan_versions
      where plan = ${plan.plan} and (version = ${plan.version}
        or effective_at between ${new Date(question.before.fromMs - windowMsMax).toISOString()}::timestamptz
          and ${new Date(question.window.toMs).toISOString()}::timestamptz)
      order by effective_at desc, version desc limit ${clientsMax}`,
  );
  return rows.map(({ version, at }) => ({ version, effectiveAt: isoOf(at) }));
}

/**
 * Usage that nobody settled: leases whose time is over and which no edge gave back. An edge that lives settles and renews within
 * seconds; one that fell silent may hold calls that are not counted yet.
 */
async function meteringOf(
  sql: Reader,
  { organizationId, nowMs }: Collection,
): Promise<Collected<"metering">> {
  const [row] = await sql<{ waiting: string; oldest: string | null }[]>`
    select count(*) as waiting, min(expires_at) as oldest from leases
    where organization_id = ${organizationId} and state = 'live'
      and expires_at < ${new Date(nowMs - limits.money.leaseSettleGraceMs).toISOString()}::timestamptz`;
  const oldest = row?.oldest ?? null;
  return {
    waiting: Number(row?.waiting ?? 0),
    oldestAt: isoOrNull(oldest),
    isStale: oldest !== null && nowMs - new Date(oldest).getTime() > limits.alertRules.meteringStaleMs,
  };
}
