import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import postgres from "postgres";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { migrateDatabase, openDatabase } from "#lib/db/index.ts";
import { openLane, runCrashes } from "#lib/testing/ledger-crash/run-crashes.ts";
import { sequence } from "#lib/testing/ledger-model/commands.ts";
import { countingIds, insertPrices, openLooking, runSequence } from "#lib/testing/ledger-model/model-run.ts";

/**
 * `npm run fuzz:ledger -- [--sequences 10000] [--seed n] [--path p] [--lanes 2]`: random sequences of commands against the
 * ledger on a real PostgreSQL, beside a model. Prints the seed; a failing sequence is made as short as it can be. `--seed`
 * and `--path` of a failure repeat it. `--crashes` does something else: it kills a process at every statement of every
 * operation, and goes on with what is left.
 */
const { values } = parseArgs({
  options: {
    sequences: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    path: { type: "string" },
    lanes: { type: "string", default: "2" },
    crashes: { type: "boolean", default: false },
  },
});
const [sequences, seed, lanes] = [values.sequences, values.seed, values.lanes].map(Number);
if (!(sequences && lanes && seed !== undefined && Number.isInteger(seed))) {
  console.error("Give whole numbers: --sequences, --seed, --lanes.");
  process.exit(2);
}
if (!values.crashes) console.log(`seed ${seed}, ${sequences} sequences`);

const directory = await mkdtemp(path.join(os.tmpdir(), "mcpstack-fuzz-"));
const server = await startEmbeddedPostgres({
  directory,
  password: "only-for-this-run",
  durable: false,
  endsWithParent: true,
  settings: { max_connections: "100", shared_buffers: "128MB" },
});
try {
  const startedMs = performance.now();
  const failures = values.crashes
    ? await dieEverywhere()
    : await Promise.all(
        Array.from({ length: values.path === undefined ? lanes : 1 }, (_, lane) => runLane(lane)),
      );
  const failure = failures.find((message) => message !== null);
  if (failure) console.error(failure);
  else console.log(`all as it must be, in ${Math.round((performance.now() - startedMs) / 1000)} s`);
  process.exitCode = failure ? 1 : 0;
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}

async function databaseOf(lane: number): Promise<string> {
  const url = new URL(server.url);
  const admin = postgres(server.url, { max: 1 });
  await admin.unsafe(`create database fuzz_${lane}`);
  await admin.end();
  url.pathname = `/fuzz_${lane}`;
  await migrateDatabase(url.href, path.resolve(import.meta.dirname, "../drizzle/migrations"), Date.now(), 1);
  return url.href;
}

/** Kills a process at every statement of every operation. Answers what was wrong afterwards. */
async function dieEverywhere(): Promise<readonly string[]> {
  const urls = await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => databaseOf(lane)));
  const opened = urls.map(openLane);
  try {
    const { failpoints, failures } = await runCrashes(opened, true);
    for (const { name } of failpoints) console.log(name);
    console.log(`${failpoints.length} crashes, ${failures.length} of them with wrong books`);
    return failures;
  } finally {
    for (const lane of opened) await lane.close();
  }
}

/** Runs its share of the sequences in a database of its own. Answers what failed. */
async function runLane(lane: number): Promise<string | null> {
  const url = await databaseOf(lane);
  const database = openDatabase({ url, connectionsMax: 4, applicationName: "fuzz" });
  const looking = openLooking(url);
  try {
    await insertPrices(database);
    const ids = countingIds();
    let done = 0;
    const run = await fc.check(
      fc.asyncProperty(sequence, async (commands) => {
        await runSequence(database, looking, ids, commands);
        done += 1;
        if (done % 1_000 === 0) console.log(`lane ${lane}: ${done}`);
      }),
      {
        numRuns: Math.ceil(Number(sequences) / Number(lanes)),
        seed: Number(seed) + lane,
        ...(values.path === undefined ? {} : { path: values.path }),
      },
    );
    return run.failed ? `${fc.defaultReportMessage(run)}\n${String(run.errorInstance)}` : null;
  } finally {
    await looking.end({ timeout: 1 });
    await database.close(1_000);
  }
}
