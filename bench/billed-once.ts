import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { migrateDatabase, openDatabase } from "#lib/db/index.ts";
import {
  billed,
  brokenPromises,
  deliverAll,
  openBooks,
  toBill,
} from "#lib/testing/ledger-billed-once/bill-once.ts";
import type { Plan } from "#lib/testing/ledger-billed-once/deliveries.ts";

/**
 * Calls that are told three times each, in random order and grouping, by a writer that is killed (kill -9) at random
 * moments and started again, against calls told once by a writer that lives. Ends with what log, events, hours and ledger
 * say: each call must be billed once, to the micro, and every promise of the books be kept.
 *
 * Options: `--events 1000000 --kills 20 --connections 4 --seed 1`.
 */

const TIMES = 3;
const HOURS_MS = 7 * 3_600_000;

interface Told {
  readonly seconds: number;
  readonly deliveries: number;
}

export async function bench(options: readonly string[] = []): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      events: { type: "string", default: "1000000" },
      kills: { type: "string", default: "20" },
      connections: { type: "string", default: "4" },
      seed: { type: "string", default: "1" },
    },
  });
  const [events = 0, kills = 0, connections = 0, seed = 0] = [
    values.events,
    values.kills,
    values.connections,
    values.seed,
  ].map(Number);
  if (!(events > 0 && kills >= 0 && connections > 0 && Number.isInteger(seed))) {
    throw new Error("--events, --kills, --connections and --seed take whole numbers.");
  }
  const plan: Plan = { events, times: TIMES, seed, fromMs: Date.now() - HOURS_MS };
  const whole = (value: number) => Math.round(value).toLocaleString("en");
  console.log(
    `${whole(events)} events, ${connections} connections, load average ${loadavg()[0]?.toFixed(1)}`,
  );
  const once = await inOwnDatabase({ ...plan, times: 1 }, 0, connections);
  console.log(`told once: ${whole(events / once.seconds)} events/s`);
  const often = await inOwnDatabase(plan, kills, connections);
  console.log(
    `told ${TIMES} times with ${kills} kills: ${whole(often.deliveries / often.seconds)} deliveries/s, ${whole(events / often.seconds)} events/s; ${(often.seconds / once.seconds).toFixed(2)} times as long`,
  );
}

/** Delivers everything into a database of its own, and checks what was billed. Throws when that is not exact. */
async function inOwnDatabase(plan: Plan, kills: number, connections: number): Promise<Told> {
  const directory = await mkdtemp(path.join(tmpdir(), "mcpstack-bench-"));
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, "db"),
    password: "bench",
    endsWithParent: true,
  });
  const database = openDatabase({
    url: postgres.url,
    connectionsMax: 4,
    applicationName: "bench",
    statementTimeoutMs: 0,
  });
  try {
    await migrateDatabase(
      postgres.url,
      path.resolve(import.meta.dirname, "../drizzle/migrations"),
      Date.now(),
      1,
    );
    await openBooks(database);
    const told = await deliverAll(postgres.url, plan, { kills, connections });
    const [found, expected] = [await billed(database), toBill(plan)];
    console.log(`billed ${JSON.stringify(found)}, killed ${told.killed} times`);
    if (!isDeepStrictEqual(found, expected)) throw new Error(`expected ${JSON.stringify(expected)}`);
    const broken = await brokenPromises(database);
    if (broken.length > 0) throw new Error(`broken promises: ${broken.join("; ")}`);
    console.log("every promise of the books is kept");
    return told;
  } finally {
    await database.close(1_000);
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
