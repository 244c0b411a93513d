import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import type { Evidence } from "#lib/contract/index.ts";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { type Database, migrateDatabase, openDatabase } from "#lib/db/index.ts";
import { type Ctx, scopesOfRole } from "#lib/domain/access/index.ts";
import { diagnoseNow } from "#lib/domain/diagnosis/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { testSystem } from "#lib/testing/test-context.ts";
import { load, serverId, slugOf } from "./history-parts/load.ts";

/**
 * How long a diagnosis takes where there is much to look at: one server with a million requests over three days, its console
 * lines and outbound calls, asked about the last half hour and the last day, without fresh probes, which take as long as the
 * server does. Beside it, in turns, what it takes to count the rows of the same two windows and nothing else.
 *
 * `--rows 200000` makes a quick run; 1,000,000 are what the goal is about. `--rounds 20` changes how often it is asked.
 */

const MINUTE_MS = 60_000;
const ORGANIZATION = "org_bench";
const DAYS = 3;
const WINDOWS = { "30 minutes": 30 * MINUTE_MS, "24 hours": 24 * 60 * MINUTE_MS } as const;
const GOAL_P95_MS = 5_000;
const SLOWEST_SHOWN = 6;
const SERVER = serverId(1);

export async function bench(options: readonly string[]): Promise<void> {
  const rows = numberOption(options, "--rows", 1_000_000);
  const rounds = numberOption(options, "--rounds", 20);
  const directory = await mkdtemp(path.join(tmpdir(), "mcpstack-bench-"));
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, "db"),
    password: "bench",
    endsWithParent: true,
  });
  // As many connections as a web process has.
  const database = openDatabase({ url: postgres.url, connectionsMax: 10, applicationName: "bench" });
  try {
    const migrations = path.resolve(import.meta.dirname, "../drizzle/migrations");
    await migrateDatabase(postgres.url, migrations, Date.now(), 1);
    const nowMs = Date.now();
    console.log(`loading ${rows.toLocaleString("en")} requests over ${DAYS} days, load average ${load1()}`);
    await loadServer(postgres.url, rows, nowMs);
    const ctx = await contextOf(database, nowMs);
    let isGood = true;
    for (const [name, windowMs] of Object.entries(WINDOWS))
      isGood = (await measure(ctx, name, windowMs, rounds)) && isGood;
    if (!isGood) throw new Error("The goal was missed.");
  } finally {
    await database.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function numberOption(options: readonly string[], name: string, otherwise: number): number {
  const at = options.indexOf(name);
  const value = at < 0 ? otherwise : Number(options[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} takes a whole number.`);
  return value;
}

const load1 = (): string => (loadavg()[0] ?? 0).toFixed(1);

/** Statements of the load take longer than those of the product may. */
async function loadServer(url: string, rows: number, nowMs: number): Promise<void> {
  const database = openDatabase({ url, connectionsMax: 2, applicationName: "load", statementTimeoutMs: 0 });
  try {
    await load(database, ORGANIZATION, rows, nowMs, { days: DAYS, servers: 1 });
  } finally {
    await database.close();
  }
}

/** An owner whose clock stands where the data ends. */
async function contextOf(database: Database, nowMs: number): Promise<Ctx> {
  const { sql } = database;
  await sql`insert into organizations (id, slug, name) values (${ORGANIZATION}, 'bench', 'Bench')`;
  await sql`
    insert into servers (organization_id, id, slug, name, kind, status, retention_days)
    values (${ORGANIZATION}, ${SERVER}, ${slugOf(1)}, 'Bench', 'hosted', 'active', 30)`;
  const clock = { ...systemClock, nowMs: () => nowMs };
  const system = testSystem({
    database,
    clock,
    doors: { runtime: { crashes: async () => [], status: async () => [], startWaits: async () => [] } },
  });
  return {
    ...system,
    actor: { kind: "system", name: "bench" },
    organization: { id: ORGANIZATION, slug: "bench" },
    role: "owner",
    scopes: scopesOfRole("owner"),
    requestId: "req_bench",
  };
}

async function measure(ctx: Ctx, name: string, windowMs: number, rounds: number): Promise<boolean> {
  const ours: number[] = [];
  const plain: number[] = [];
  const sections = new Map<string, number[]>();
  let status = "";
  let missing: readonly string[] = [];
  // The first round warms the caches of both.
  for (let round = 0; round <= rounds; round++) {
    const diagnosed = await timed(() => diagnoseNow(ctx, { server: slugOf(1), windowMs, probe: false }));
    const counted = await timed(() => countRows(ctx.database, ctx.clock.nowMs(), windowMs));
    if (round === 0) continue;
    ours.push(diagnosed.ms);
    plain.push(counted.ms);
    status = diagnosed.value.diagnosis.status;
    missing = timedOut(diagnosed.value.evidence);
    for (const [part, ms] of sectionTimes(diagnosed.value.evidence))
      sections.set(part, [...(sections.get(part) ?? []), ms]);
  }
  const [p50, p95, base] = [share(ours, 0.5), share(ours, 0.95), share(plain, 0.5)];
  console.log(`\nthe last ${name}, ${rounds} times, load average ${load1()}: ${status}`);
  console.log(`  a diagnosis            p50 ${ms(p50)}   p95 ${ms(p95)}`);
  console.log(`  counting the same rows p50 ${ms(base)}   p95 ${ms(share(plain, 0.95))}`);
  console.log(`  ratio of the p50s      ${(p50 / base).toFixed(1)}`);
  const slowest = [...sections].map(([part, times]) => [part, share(times, 0.95)] as const);
  slowest.sort(([, left], [, right]) => right - left);
  for (const [part, time] of slowest.slice(0, SLOWEST_SHOWN))
    console.log(`    ${part.padEnd(20)} p95 ${ms(time)}`);
  if (missing.length > 0) console.log(`  NOT COLLECTED IN TIME: ${missing.join(", ")}`);
  const isGood = p95 <= GOAL_P95_MS && missing.length === 0;
  console.log(`  ${isGood ? "good" : "MISSED"}: goal p95 ≤ ${GOAL_P95_MS} ms, nothing left out`);
  return isGood;
}

/** The rows that a diagnosis of the window and the one before it is about. */
async function countRows({ sql }: Database, nowMs: number, windowMs: number): Promise<void> {
  const from = uuid7Floor(nowMs - 2 * windowMs);
  await sql`select count(*) from request_log where server_id = ${SERVER} and id >= ${from}`;
  await sql`select count(*) from console_log where server_id = ${SERVER} and id >= ${from}`;
  await sql`select count(*) from upstream_calls where server_id = ${SERVER} and id >= ${from}`;
}

async function timed<Value>(work: () => Promise<Value>): Promise<{ ms: number; value: Value }> {
  const startedMs = performance.now();
  const value = await work();
  return { ms: performance.now() - startedMs, value };
}

type Section = { status: "collected"; durationMs: number } | { status: "missing"; reason: string };
const GROUPS = ["smoke", "hosting", "logs", "gateway", "usage", "billing", "budget"] as const;
const sectionsOf = (evidence: Evidence): [string, Section][] =>
  GROUPS.flatMap((group) =>
    Object.entries(evidence[group] as Record<string, Section>).map(([part, section]): [string, Section] => [
      `${group}.${part}`,
      section,
    ]),
  );
const sectionTimes = (evidence: Evidence): [string, number][] =>
  sectionsOf(evidence).flatMap(([part, section]) =>
    section.status === "collected" ? [[part, section.durationMs] as [string, number]] : [],
  );
/** Parts that should be there and are not: a diagnosis that leaves them out is fast for nothing. */
const timedOut = (evidence: Evidence): string[] =>
  sectionsOf(evidence).flatMap(([part, section]) =>
    section.status === "missing" && (section.reason === "timeout" || section.reason === "failed")
      ? [part]
      : [],
  );

const share = (times: readonly number[], part: number): number => {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
};
const ms = (value: number): string => `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`.padStart(9);
