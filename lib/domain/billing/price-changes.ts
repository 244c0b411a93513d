import type { Reader } from "#lib/db/snapshot.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Windows } from "./explained-windows.ts";
import type { Reason } from "./reasons.ts";

const HOUR_MS = 3_600_000;

/** What the window used at one version of the prices. */
interface PricedUse {
  readonly version: string;
  readonly events: number;
  readonly calls: bigint;
  readonly hundredMs: bigint;
  readonly kib64: bigint;
  readonly perCall: bigint;
  readonly per100Ms: bigint;
  readonly per64Kib: bigint;
}

/**
 * What new prices made of the use of the window: its units at the prices before against what they cost. Units are only
 * summed where more than one version was used in the window and the one before.
 */
export async function priceChanges(sql: Reader, organizationId: string, windows: Windows): Promise<Reason[]> {
  const versions = await versionsUsed(sql, organizationId, windows);
  if (versions.length < 2) return [];
  const uses = await usesOf(sql, organizationId, versions, windows);
  return uses.flatMap((use, index) => {
    const old = uses[index - 1];
    if (old === undefined) return [];
    const extra =
      use.calls * (use.perCall - old.perCall) +
      use.hundredMs * (use.per100Ms - old.per100Ms) +
      use.kib64 * (use.per64Kib - old.per64Kib);
    return [
      {
        kind: "price_change",
        label: `Prices changed from ${old.version} to ${use.version}`,
        detail: "What the calls cost more, or less, than at the prices before. Part of the use.",
        amount: -extra,
        before: 0n,
        count: use.events,
        countBefore: 0,
        isPart: true,
      },
    ];
  });
}

/** In the order in which they came into use. */
async function versionsUsed(
  sql: Reader,
  organizationId: string,
  { beforeFromMs, toMs }: Windows,
): Promise<string[]> {
  const rows = await sql<{ version: string }[]>`
    select price_version as version from ledger_txs
    where organization_id = ${organizationId} and type not in ('lease', 'release') and type = 'usage'
      and price_version is not null and id >= ${uuid7Floor(beforeFromMs)} and id < ${uuid7Floor(toMs)}
    group by price_version order by (array_agg(id order by id))[1]`;
  return rows.map(({ version }) => version);
}

async function usesOf(
  sql: Reader,
  organizationId: string,
  versions: readonly string[],
  { fromMs, toMs }: Windows,
): Promise<PricedUse[]> {
  const rows = await sql<
    {
      version: string;
      events: number;
      calls: string;
      hundred_ms: string;
      kib64: string;
      per_call: string;
      per_100ms: string;
      per_64kib: string;
    }[]
  >`
    select v.version, count(e.id)::int as events, coalesce(sum(e.call_units), 0)::text as calls,
      coalesce(sum(e.hundred_ms_units), 0)::text as hundred_ms, coalesce(sum(e.kib64_units), 0)::text as kib64,
      p.per_call_micros as per_call, p.per_100ms_micros as per_100ms, p.per_64kib_micros as per_64kib
    from unnest(${[...versions]}::text[]) with ordinality as v(version, n)
    join plan_versions p on p.plan || '@' || p.version = v.version
    left join usage_events e on e.organization_id = ${organizationId} and e.price_version = v.version
      and e.counted_at >= ${new Date(fromMs).toISOString()}::timestamptz and e.counted_at < ${new Date(toMs).toISOString()}::timestamptz
      and e.id >= ${uuid7Floor(fromMs - limits.money.lateEventHoursMin * HOUR_MS)} and e.id < ${uuid7Floor(toMs)}
    group by v.version, v.n, p.per_call_micros, p.per_100ms_micros, p.per_64kib_micros
    order by v.n`;
  return rows.map((row) => ({
    version: row.version,
    events: row.events,
    calls: BigInt(row.calls),
    hundredMs: BigInt(row.hundred_ms),
    kib64: BigInt(row.kib64),
    perCall: BigInt(row.per_call),
    per100Ms: BigInt(row.per_100ms),
    per64Kib: BigInt(row.per_64kib),
  }));
}
