import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { type Database, migrateDatabase, openDatabase } from "#lib/db/index.ts";
import { inSqlTransaction } from "#lib/db/transaction.ts";
import { addCredits, reconcile, type Settlement, settleUsage } from "#lib/domain/ledger/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";

/**
 * What the ledger takes: debits one by one, on one organization and over many, and calls settled in batches as the edge
 * does, beside inserting one row and committing it, which is the least that any ledger does. In turns, on the PostgreSQL
 * of the product with its own settings. Ends with every promise of the books checked. `--seconds 10` measures longer.
 */

const CONNECTIONS = 16;
const ORGANIZATIONS = 100;
const ROUNDS = 3;
const BATCH_CALLS = 1_000;
const CREDITS = 1_000_000_000_000n;
/** A call of seven started 100 ms and one started 64 KiB at the prices of `metered@1`. */
const PRICE = 145n;

const ids = createIdSource();
const nowMs = () => Date.now();

export async function bench(options: readonly string[]): Promise<void> {
  const asked = options.indexOf("--seconds");
  const seconds = asked < 0 ? 5 : Number(options[asked + 1]);
  if (!(seconds >= 1)) throw new Error("--seconds takes a number of 1 or more.");
  const directory = await mkdtemp(path.join(tmpdir(), "mcpstack-bench-"));
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, "db"),
    password: "bench",
    endsWithParent: true,
  });
  const database = openDatabase({
    url: postgres.url,
    connectionsMax: CONNECTIONS,
    applicationName: "bench",
    statementTimeoutMs: 0,
  });
  try {
    await migrateDatabase(
      postgres.url,
      path.resolve(import.meta.dirname, "../drizzle/migrations"),
      nowMs(),
      1,
    );
    const organizations = await openBooks(database);
    const [hot = ""] = organizations;
    console.log(`${CONNECTIONS} connections, ${seconds} s a turn, load average ${loadavg()[0]?.toFixed(1)}`);
    for (let round = 0; round < ROUNDS; round++) {
      const bare = await rate(
        seconds,
        () => database.sql`insert into bench_rows (id) values (${ids.uuid()})`,
      );
      // What nobody can beat whose transactions wait for each other: each holds the books until it is on the disk.
      const serial = await rate(
        seconds,
        () => database.sql`insert into bench_rows (id) values (${ids.uuid()})`,
        1,
      );
      const one = await rate(seconds, () => debit(database, hot));
      let turn = 0;
      const many = await rate(seconds, () =>
        debit(database, organizations[turn++ % organizations.length] ?? hot),
      );
      const settled = BATCH_CALLS * (await rate(seconds, () => settle(database, organizations), 4));
      console.log(
        [
          `insert and commit ${format(bare)}/s, one after the other ${format(serial)}/s`,
          `debits of one organization ${format(one)}/s (×${(one / serial).toFixed(2)} of the latter)`,
          `of ${ORGANIZATIONS} ${format(many)}/s (×${(many / bare).toFixed(2)})`,
          `calls settled in batches ${format(settled)}/s (×${(settled / bare).toFixed(1)})`,
        ].join(" · "),
      );
    }
    for (const organization of [hot, organizations.at(-1) ?? hot]) {
      const books = await reconcile(database, organization, nowMs());
      const entries = await database.sql<{ count: string }[]>`
        select count(*) from ledger_entries where organization_id = ${organization}`;
      console.log(
        `${organization}: ${books.status}, drift ${books.driftMicros}, ${format(Number(entries[0]?.count))} entries, checked in ${books.durationMs} ms`,
      );
    }
  } finally {
    await database.close(1_000);
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function openBooks(database: Database): Promise<string[]> {
  await database.sql`create table bench_rows (id uuid primary key)`;
  const organizations = Array.from({ length: ORGANIZATIONS }, (_, index) => `org_bench_${index}`);
  for (const id of organizations) {
    await database.sql`insert into organizations (id, slug, name) values (${id}, ${id.replaceAll("_", "-")}, ${id})`;
    await database.sql`
      insert into leases (organization_id, id, scope_kind, scope_id, period, node, epoch, amount_micros, granted_at, expires_at)
      values (${id}, ${leaseOf(id)}, 'organization', '', '', 'bench', 'bench', 0, now(), now() + interval '1 day')`;
    await database.db.transaction((db) =>
      addCredits(
        db,
        {
          organizationId: id,
          kind: "manual",
          amountMicros: CREDITS,
          priority: 50,
          expiresAtMs: null,
          paymentId: null,
          reason: "bench",
          actor: "system:bench",
          idemKey: "bench",
        },
        { nowMs: nowMs(), newId: () => ids.uuid() },
      ),
    );
  }
  return organizations;
}

/**
 * One transaction of two entries, through the same function as every movement of money: credits are set aside, with the
 * lease that says so.
 */
async function debit(database: Database, organization: string): Promise<void> {
  const id = ids.uuid();
  const at = new Date(nowMs()).toISOString();
  const tx = {
    organizationId: organization,
    id,
    type: "lease",
    idemKey: id,
    idemHash: createHash("sha256").update(id).digest("hex"),
    sourceKind: "lease",
    sourceId: leaseOf(organization),
    actor: "system:bench",
    effectiveAt: at,
    createdAt: at,
    entries: [
      { account: "available", amountMicros: String(-PRICE) },
      { account: "held", amountMicros: String(PRICE) },
    ],
  };
  await database.sql`
    with posted as materialized (select from ledger_post(${JSON.stringify([tx])}::text::jsonb))
    update leases set amount_micros = amount_micros + ${String(PRICE)}::text::bigint
    where organization_id = ${organization} and id = ${leaseOf(organization)} and exists (select from posted)`;
}

const leaseOf = (organization: string): string => `lse_${organization}`;

/** A batch of calls of a few organizations and agents, as an edge stores it. */
async function settle(database: Database, organizations: readonly string[]): Promise<void> {
  const first = Math.floor(Math.random() * organizations.length);
  const settlements = Array.from({ length: BATCH_CALLS }, (_, index): Settlement => {
    const id = ids.uuid();
    return {
      id,
      organizationId: organizations[(first + (index % 5)) % organizations.length] ?? "",
      requestId: id,
      serverId: `srv_${index % 7}`,
      tool: `tool_${index % 11}`,
      agentId: `agt_${index % 13}`,
      client: "bench",
      source: "agent",
      region: "local",
      outcome: "ok",
      endUser: null,
      agentSession: null,
      occurredAtMs: nowMs(),
      charge: {
        amountMicros: String(PRICE),
        units: { calls: 1, hundredMs: 7, kib64: 1 },
        priceVersion: "metered@1",
        leases: { organization: null, agent: null, user: null, session: null },
      },
    };
  });
  await inSqlTransaction(database.sql, (sql) =>
    settleUsage(sql, settlements, { nowMs: nowMs(), node: "bench", newId: () => ids.uuid() }),
  );
}

/** How often a second `act` ends, with one act under way on each of `atOnce` connections. */
async function rate(seconds: number, act: () => PromiseLike<unknown>, atOnce = CONNECTIONS): Promise<number> {
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < endMs) {
        await act();
        done++;
      }
    }),
  );
  return done / ((performance.now() - startedMs) / 1_000);
}

const format = (value: number): string => Math.round(value).toLocaleString("en");
