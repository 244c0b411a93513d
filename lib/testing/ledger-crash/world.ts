import type { Sql } from "postgres";
import { agents, organizations } from "#drizzle/schema/index.ts";
import { type Database, sqlOf } from "#lib/db/index.ts";
import { inTransaction } from "#lib/db/transaction.ts";
import { addCredits, agentScope, createLeaseStore, userScope } from "#lib/domain/ledger/index.ts";
// Not the front door, behind which is far more than a process needs that lives so shortly.
import { writeRequestFacts } from "#lib/domain/requests/write-request-facts.ts";
import { storedState } from "../ledger-model/stored-state.ts";
import { requestFact } from "../request-fact.ts";

export const START_MS = Date.UTC(2026, 2, 30, 12);
export const PROMO_EXPIRES_MS = START_MS + 60_000;

/** An organization with credits, a payment, leases and a billed call; all worlds are alike except for their mark. */
export interface World {
  readonly serial: number;
  readonly mark: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly paymentId: string;
}

export function worldOf(serial: number): World {
  const mark = `w${serial}w`;
  return {
    serial,
    mark,
    organizationId: `org_${mark}`,
    agentId: `agt_${mark}`,
    paymentId: `pay_${mark}`,
  };
}

/** Ids of one life of a process; another life makes others. Within a life they sort as they were made. */
export function idsOf({ serial }: World, life: number) {
  let made = 0;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  return {
    uuid(atMs = START_MS): string {
      made += 1;
      const time = hex(Math.floor(atMs), 12);
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(made, 3)}-8${hex(life, 3)}-${hex(serial, 12)}`;
    },
  };
}

/** The life that made a world; what happens in it later is another one's. */
const FIRST_LIFE = 0;
/** Facts have ids of their own, which stay the same however often they are told. */
const FACTS = 0xfac;

export async function openWorld(database: Database, serial: number): Promise<World> {
  const world = worldOf(serial);
  const { organizationId, agentId, paymentId } = world;
  const ids = idsOf(world, FIRST_LIFE);
  const posting = { nowMs: START_MS, newId: () => ids.uuid() };
  await database.db.insert(organizations).values({ id: organizationId, slug: world.mark, name: "Crash" });
  await database.db
    .insert(agents)
    .values({ organizationId, id: agentId, name: "Crash", monthlyCapMicros: 1_000_000n });
  await database.sql`
    insert into plan_versions (plan, version, name, caps, per_call_micros, per_100ms_micros, per_64kib_micros, effective_at)
    values ('crash', 1, 'Crash', '{}', 1, 0, 0, '2026-01-01') on conflict do nothing`;
  const common = { organizationId, reason: null, actor: "system:test" };
  await inTransaction(database.db, async (db) => {
    const given = { ...common, kind: "manual", priority: 50, expiresAtMs: null, paymentId: null } as const;
    await addCredits(db, { ...given, amountMicros: 10_000n, idemKey: "first" }, posting);
    await addCredits(
      db,
      { ...given, kind: "promo", amountMicros: 500n, expiresAtMs: PROMO_EXPIRES_MS, idemKey: "promo" },
      posting,
    );
    await pay(db, world, { paymentId, amountMicros: 5_000n }, posting);
  });
  const store = createLeaseStore(database, {
    clock: { nowMs: () => START_MS, monotonicMs: () => START_MS },
    ids,
  });
  const taken = await store.take({
    organizationId,
    agentId,
    node: "first",
    epoch: "first",
    liveNodes: 1,
    scopes: scopesOf(world).map((scope) => ({
      scope,
      capMicros: null,
      needMicros: 3_000n,
      wantMicros: 3_000n,
    })),
  });
  if (!taken.ok) throw new Error("the first lease is refused");
  const leases = await leasesOf(database.sql, world);
  await writeRequestFacts(
    database,
    { facts: [billedFact(world, 0, 200n, leases)], region: "here", node: "first" },
    { nowMs: () => START_MS, ids },
  );
  return world;
}

export const scopesOf = ({ agentId }: World) => [
  { kind: "organization", id: "" } as const,
  agentScope(agentId),
  userScope(agentId, "ann"),
];

/** Credits that were bought, with the row of their payment, as payments are applied. */
export async function pay(
  db: Parameters<Parameters<typeof inTransaction>[1]>[0],
  { organizationId }: World,
  { paymentId, amountMicros }: { paymentId: string; amountMicros: bigint },
  posting: { nowMs: number; newId(): string },
): Promise<void> {
  const { grantId, isNew } = await addCredits(
    db,
    {
      organizationId,
      kind: "purchase",
      amountMicros,
      priority: 50,
      expiresAtMs: null,
      paymentId,
      reason: null,
      actor: "system:test",
      idemKey: `payment:${paymentId}`,
    },
    posting,
  );
  if (!isNew) return;
  await sqlOf(db)`
    insert into payments (organization_id, id, provider_ref, origin, granted_micros, grant_id, created_at, updated_at)
    values (${organizationId}, ${paymentId}, ${paymentId}, 'checkout', ${String(amountMicros)}::text::bigint, ${grantId},
      now(), now())`;
}

export type Leases = Readonly<Record<"organization" | "agent" | "user", string | null>>;

/** The leases of the world's first life. */
export async function leasesOf(sql: Sql, { organizationId }: World): Promise<Leases> {
  const rows = await sql<{ kind: string; id: string }[]>`
    select scope_kind as kind, id from leases where organization_id = ${organizationId} and epoch = 'first'`;
  const find = (kind: string) => rows.find((row) => row.kind === kind)?.id ?? null;
  return { organization: find("organization"), agent: find("agent"), user: find("user") };
}

/** The `place`-th call of the world, which is the same however often it is told. */
export function billedFact(world: World, place: number, amountMicros: bigint, leases: Leases) {
  const ids = idsOf(world, FACTS);
  for (let skipped = 0; skipped < place; skipped++) ids.uuid();
  return requestFact({
    id: ids.uuid(),
    organizationId: world.organizationId,
    serverId: `srv_${world.mark}`,
    source: "agent",
    agentId: world.agentId,
    endUser: "ann",
    billing: {
      verdict: "billed",
      charge: {
        amountMicros: String(amountMicros),
        // A micro a call: what was billed can be computed again.
        units: { calls: Number(amountMicros), hundredMs: 0, kib64: 0 },
        priceVersion: "crash@1",
        leases: { ...leases, session: null },
      },
    },
  });
}

/** Everything that is stored about the money of a world, as text that is the same for worlds to which the same happened. */
export async function stateOf(
  sql: Sql,
  world: World,
  { withLeases }: { withLeases: boolean },
): Promise<string> {
  const { organizationId, mark } = world;
  const { leases, txs, ...money } = await storedState(sql, organizationId);
  const { lease, release, ...moved } = txs;
  const [told] = await sql`
    select (select count(*) || ' for ' || coalesce(sum(amount_micros), 0) from request_log
        where organization_id = ${organizationId}) as log,
      (select coalesce(sum(calls), 0)::text from usage_rollup where organization_id = ${organizationId}) as calls,
      (select string_agg(posted_micros || ' of ' || target_micros, ', ' order by id) from payments
        where organization_id = ${organizationId}) as payments`;
  const state = { ...money, txs: moved, ...told, ...(withLeases ? { leases, lease, release } : {}) };
  return JSON.stringify(state, null, 1).replaceAll(mark, "w");
}
