import { z } from "zod";
import { AccountKind, type LedgerTxDetail, type PlanPrices, type UsageEvent } from "#lib/contract/index.ts";
import { inSnapshot, type Reader } from "#lib/db/snapshot.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { decodeId, encodeId, timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { ledgerColumns, ledgerJoins, type StoredTx, toLedgerTx } from "./ledger-rows.ts";

const { txEventsMax, txEventsNearMs } = limits.money;

/**
 * One transaction of the ledger: its entries, the credits that it took, what it pays for and the prices by which that can
 * be computed again. Throws `not_found` for one that does not exist or is another organization's.
 */
export const getLedgerTx = query({
  name: "ledger.get",
  scope: "billing:read",
  input: z.object({ tx: z.string().min(1).max(64) }),
  run: async (ctx, input): Promise<LedgerTxDetail> => {
    const id = decodeId("tx", input.tx);
    if (id === null) throw notFound("transaction");
    const organizationId = ctx.organization.id;
    return inSnapshot(ctx.database.sql, async (sql) => {
      const [row] = await sql<StoredTx[]>`
        select ${ledgerColumns(sql)} from ledger_txs t ${ledgerJoins(sql)}
        where t.organization_id = ${organizationId} and t.id = ${id}`;
      if (!row) throw notFound("transaction");
      const events = await eventsOf(sql, organizationId, row);
      return {
        ...toLedgerTx(row),
        entries: await entriesOf(sql, organizationId, id),
        grants: await grantsOf(sql, organizationId, id),
        events: events.slice(0, txEventsMax).map(toUsageEvent),
        eventsAreCapped: events.length > txEventsMax,
        prices: row.price_version === null ? null : await pricesOf(sql, row.price_version),
      };
    });
  },
});

async function entriesOf(
  sql: Reader,
  organizationId: string,
  id: string,
): Promise<LedgerTxDetail["entries"]> {
  const rows = await sql<{ kind: string; amount_micros: string; balance_after_micros: string }[]>`
    select kind, amount_micros, balance_after_micros from ledger_entries
    where organization_id = ${organizationId} and tx_id = ${id} order by line`;
  return rows.map((row) => ({
    account: AccountKind.parse(row.kind),
    amountMicros: row.amount_micros,
    balanceAfterMicros: row.balance_after_micros,
  }));
}

async function grantsOf(sql: Reader, organizationId: string, id: string): Promise<LedgerTxDetail["grants"]> {
  const rows = await sql<{ grant_id: string; kind: string; amount_micros: string }[]>`
    select u.grant_id, g.kind, sum(u.amount_micros)::text as amount_micros from grant_uses u
    join credit_grants g on g.organization_id = u.organization_id and g.id = u.grant_id
    where u.organization_id = ${organizationId} and u.tx_id = ${id}
    group by u.grant_id, g.kind order by u.grant_id`;
  return rows.map((row) => ({ grantId: row.grant_id, kind: row.kind, amountMicros: row.amount_micros }));
}

async function pricesOf(sql: Reader, priceVersion: string): Promise<PlanPrices | null> {
  const [plan = "", version = ""] = priceVersion.split("@");
  const [row] = await sql<{ call: string; ms: string; kib: string }[]>`
    select per_call_micros as call, per_100ms_micros as ms, per_64kib_micros as kib from plan_versions
    where plan = ${plan} and version::text = ${version}`;
  return row ? { perCallMicros: row.call, per100MsMicros: row.ms, per64KibMicros: row.kib } : null;
}

interface StoredEvent {
  id: string;
  kind: string;
  request_id: string | null;
  server_id: string | null;
  server_slug: string | null;
  tool: string | null;
  agent_id: string | null;
  client: string | null;
  source: string;
  end_user: string | null;
  description: string | null;
  occurred_at: string;
  call_units: number;
  hundred_ms_units: number;
  kib64_units: number;
  price_version: string | null;
  amount_micros: string;
  tx_id: string;
}

/** What it pays for, dearest first. Events lie in daily partitions: those around the transaction come first, the rest only where some are missing. */
async function eventsOf(sql: Reader, organizationId: string, tx: StoredTx): Promise<StoredEvent[]> {
  if (tx.event_count === 0) return [];
  const wanted = Math.min(tx.event_count, txEventsMax + 1);
  const near = await readEvents(sql, organizationId, tx.id, timeOfUuid7(tx.id) - txEventsNearMs);
  return near.length >= wanted ? near : readEvents(sql, organizationId, tx.id, 0);
}

const readEvents = (
  sql: Reader,
  organizationId: string,
  txId: string,
  fromMs: number,
): Promise<StoredEvent[]> =>
  sql<StoredEvent[]>`
    select e.id, e.kind, e.request_id, nullif(e.server_id, '') as server_id, s.slug as server_slug, e.tool, e.agent_id,
      e.client, e.source, e.end_user, e.description, e.occurred_at, e.call_units, e.hundred_ms_units, e.kib64_units,
      e.price_version, e.amount_micros, e.tx_id
    from usage_events e
    left join servers s on s.organization_id = e.organization_id and s.id = e.server_id and s.deleted_at is null
    where e.organization_id = ${organizationId} and e.tx_id = ${txId} and e.id >= ${uuid7Floor(fromMs)}
    order by e.amount_micros desc, e.id desc limit ${txEventsMax + 1}`;

const toUsageEvent = (row: StoredEvent): UsageEvent => ({
  id: encodeId("log", row.id),
  kind: row.kind === "external" ? "external" : "call",
  timestamp: new Date(row.occurred_at).toISOString(),
  requestId: row.request_id === null ? null : encodeId("req", row.request_id),
  serverId: row.server_id,
  serverSlug: row.server_slug,
  tool: row.tool,
  agentId: row.agent_id,
  client: row.client,
  source: row.source,
  endUser: row.end_user,
  description: row.description,
  units: { calls: row.call_units, hundredMs: row.hundred_ms_units, kib64: row.kib64_units },
  priceVersion: row.price_version,
  amountMicros: row.amount_micros,
  txId: encodeId("tx", row.tx_id),
});
