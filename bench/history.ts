import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import type { RequestPage } from "#lib/contract/index.ts";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { type Database, migrateDatabase, openDatabase } from "#lib/db/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import {
  exportLog,
  getLogFacets,
  getLogHistogram,
  getLogTimeline,
  getRequest,
  listRequests,
} from "#lib/domain/requests/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { testSystem } from "#lib/testing/test-context.ts";
import { load, MEASURED, RARE_TEXT, serverId, slugOf } from "./history-parts/load.ts";

/**
 * How fast the history of logs is read where there is much of it: what the product answers, each beside the plain SQL
 * that one would write first, in turns against the same PostgreSQL as the product starts it. `--rows 200000` makes a
 * quick run; 10,000,000 are what the goals are about. The data lies in the directory for temporary files (some 8 GB)
 * and is deleted at the end.
 */

const HOUR_MS = 3_600_000;
const ORGANIZATION = "org_bench";
const ROUNDS = 60;
const SLOW_ROUNDS = 5;
const EXPORT_ROWS = 1_000_000;
/** About a tenth of the longest export. */
const EARLY_PIECES = 100;

export async function bench(options: readonly string[]): Promise<void> {
  const asked = options.indexOf("--rows");
  const rows = asked < 0 ? 10_000_000 : Number(options[asked + 1]);
  if (!Number.isInteger(rows) || rows < 1_000)
    throw new Error("--rows takes a whole number of 1000 or more.");
  const directory = await mkdtemp(path.join(tmpdir(), "mcpstack-bench-"));
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, "db"),
    password: "bench",
    endsWithParent: true,
  });
  const database = openDatabase({
    url: postgres.url,
    connectionsMax: 3,
    applicationName: "bench",
    statementTimeoutMs: 0,
  });
  try {
    const migrations = path.resolve(import.meta.dirname, "../drizzle/migrations");
    await migrateDatabase(postgres.url, migrations, Date.now(), 1);
    const nowMs = Date.now();
    console.log(`loading ${rows.toLocaleString("en")} requests over 30 days, load average ${load1()}`);
    await load(database, ORGANIZATION, rows, nowMs);
    const ctx = await contextOf(database, nowMs);
    for (const [name, rank] of Object.entries(MEASURED)) await measureServer(ctx, name, rank);
    await measureExport(ctx);
  } finally {
    await database.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

const load1 = (): string => (loadavg()[0] ?? 0).toFixed(1);

/** A viewer of the organization whose clock stands where the data ends. */
async function contextOf(database: Database, nowMs: number): Promise<Ctx> {
  const { sql } = database;
  await sql`insert into organizations (id, slug, name) values (${ORGANIZATION}, 'bench', 'Bench')`;
  for (const rank of Object.values(MEASURED)) {
    const id = serverId(rank);
    await sql`
      insert into servers (organization_id, id, slug, name, kind, status, retention_days)
      values (${ORGANIZATION}, ${id}, ${slugOf(rank)}, ${id}, 'hosted', 'active', 30)`;
  }
  const system = testSystem({ database, clock: { ...systemClock, nowMs: () => nowMs } });
  return {
    ...system,
    actor: { kind: "system", name: "bench" },
    organization: { id: ORGANIZATION, slug: "bench" },
    role: "viewer",
    scopes: new Set(["logs:read"]),
    requestId: "req_bench",
  };
}

interface Times {
  p50: number;
  p99: number;
}

async function timesOf(rounds: number, work: (round: number) => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    await work(round);
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

const ms = (value: number): string => (value < 100 ? value.toFixed(1) : value.toFixed(0));
function print(name: string, ours: Times, plain: Times | null, goal: string): void {
  const baseline =
    plain === null ? "" : `${ms(plain.p50)} / ${ms(plain.p99)}  ×${(plain.p50 / ours.p50).toFixed(1)}`;
  console.log(
    `  ${name.padEnd(34)} ${`${ms(ours.p50)} / ${ms(ours.p99)}`.padEnd(18)} ${baseline.padEnd(28)} ${goal}`,
  );
}

async function measureServer(ctx: Ctx, name: string, rank: number): Promise<void> {
  const server = slugOf(rank);
  const id = serverId(rank);
  const { sql } = ctx.database;
  const nowMs = ctx.clock.nowMs();
  const { total } = await listRequests(ctx, { server });
  console.log(`\n${name} server, ${total.toLocaleString("en")} rows, load average ${load1()}`);
  console.log(`  ${"ms, p50 / p99".padEnd(34)} ${"ours".padEnd(18)} ${"plain SQL".padEnd(28)} goal`);
  const floor = (hours: number) => uuid7Floor(nowMs - hours * HOUR_MS);
  const since = (hours: number) => new Date(nowMs - hours * HOUR_MS).toISOString();
  const pages = Math.max(1, Math.floor(total / 50));
  const offsetPage = async (page: number) => {
    await sql`select count(*) from request_log where server_id = ${id}`;
    await sql`
      select * from request_log where server_id = ${id} order by id desc limit 50 offset ${(page - 1) * 50}`;
  };
  const pageAt = (round: number) => 1 + ((round * 7_919) % pages);
  const measure = async (
    label: string,
    goal: string,
    ours: (round: number) => Promise<unknown>,
    plain: ((round: number) => Promise<unknown>) | null,
    rounds = ROUNDS,
  ) => {
    const mine = await timesOf(rounds, ours);
    print(label, mine, plain === null ? null : await timesOf(Math.min(rounds, 10), plain), goal);
  };

  // Most of what a page takes on a busy machine is waiting for a turn, five times.
  await measure("an empty round trip", "", () => sql`select 1`, null);
  await measure(
    "page 1",
    "5 / 50",
    () => listRequests(ctx, { server }),
    () => offsetPage(1),
  );
  await measure(
    "any page",
    "5 / 50",
    (round) => listRequests(ctx, { server, page: pageAt(round) }),
    (round) => offsetPage(pageAt(round)),
  );
  await measure(
    "any page of errors and warnings",
    "5 / 50",
    (round) =>
      listRequests(ctx, { server, level: "warn,error", page: 1 + (pageAt(round) % Math.ceil(pages / 25)) }),
    null,
  );
  await measure(
    "page of one tool, 30 d",
    "",
    (round) => listRequests(ctx, { server, tool: "tool_7", page: 1 + (round % 9) }),
    null,
    20,
  );
  await measure(
    "page of one client, 30 d",
    "",
    () => listRequests(ctx, { server, client: "Cursor" }),
    null,
    10,
  );
  await measure(
    "histogram 24 h × 96",
    "50",
    () => getLogHistogram(ctx, { server, from: since(24), bars: 96 }),
    () => sql`
      select width_bucket(id, ${Array.from({ length: 96 }, (_, bar) => floor(24 - bar / 4))}::uuid[]), level, count(*)
      from request_log where server_id = ${id} and id >= ${floor(24)} group by 1, 2`,
  );
  await measure("histogram 30 d", "50", () => getLogHistogram(ctx, { server }), null, 20);
  await measure(
    "histogram 24 h of one client",
    "",
    () => getLogHistogram(ctx, { server, client: "Cursor", from: since(24) }),
    null,
    10,
  );
  await measure(
    "facets 24 h",
    "",
    () => getLogFacets(ctx, { server, from: since(24) }),
    async () => {
      for (const column of [
        "level",
        "outcome",
        "source",
        "method",
        "tool",
        "client_name",
        "region",
        "version_id",
      ]) {
        await sql`
          select ${sql(column)}, count(*) from request_log where server_id = ${id} and id >= ${floor(24)} group by 1`;
      }
    },
    10,
  );
  await measure("facets 30 d", "", () => getLogFacets(ctx, { server }), null, SLOW_ROUNDS);
  await measureSearch(ctx, rank, "rare text 24 h", since(24), floor(24));
  await measureSearch(ctx, rank, "rare text 30 d", since(24 * 40), floor(24 * 40));
  await measure(
    "correlation, 3 sources, ± 30 s",
    "50",
    (round) => {
      const atMs = nowMs - ((round * 7_919_111) % (29 * 24 * HOUR_MS)) - 60_000;
      const iso = (offsetMs: number) => new Date(atMs + offsetMs).toISOString();
      return getLogTimeline(ctx, { server, from: iso(-30_000), to: iso(30_000), marginMs: 0 });
    },
    null,
  );
  const some = await sql<{ id: string }[]>`
    select id from request_log where server_id = ${id} and id < ${floor(1)} order by id desc limit ${ROUNDS}`;
  await measure(
    "one call by id",
    "50",
    (round) => getRequest(ctx, { requestId: some[round % some.length]?.id ?? "" }),
    (round) => sql`select * from request_log where request_id = ${some[round % some.length]?.id ?? ""}`,
  );
}

/** Goes on by the cursor until everything was looked at. */
async function measureSearch(
  ctx: Ctx,
  rank: number,
  label: string,
  from: string,
  floor: string,
): Promise<void> {
  const server = slugOf(rank);
  const id = serverId(rank);
  const { sql } = ctx.database;
  const first: number[] = [];
  let found = 0;
  const done = await timesOf(SLOW_ROUNDS, async () => {
    const startedMs = performance.now();
    found = 0;
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: RequestPage = await listRequests(ctx, {
        server,
        q: RARE_TEXT,
        from,
        ...(cursor === "" ? {} : { cursor }),
      });
      if (cursor === "") first.push(performance.now() - startedMs);
      found += page.data.length;
      cursor = page.nextCursor;
    }
  });
  const pattern = `%${RARE_TEXT}%`;
  const plain = await timesOf(
    SLOW_ROUNDS,
    () => sql`
    select * from request_log where server_id = ${id} and id >= ${floor}
      and (error ilike ${pattern} or tool ilike ${pattern} or method ilike ${pattern} or client_name ilike ${pattern})
    order by id desc limit 50`,
  );
  first.sort((a, b) => a - b);
  const progress = {
    p50: first[Math.floor(first.length / 2)] ?? Number.NaN,
    p99: first.at(-1) ?? Number.NaN,
  };
  print(`${label}: first progress`, progress, null, "300");
  print(`${label}: done (${found} found)`, done, plain, "2000 for 24 h");
}

/** Exports as much as an export may hold, to nowhere, and watches the memory of this process. */
async function measureExport(ctx: Ctx): Promise<void> {
  console.log(
    `\nexport of the hot server's log, at most ${EXPORT_ROWS.toLocaleString("en")} rows, load average ${load1()}`,
  );
  for (const format of ["ndjson", "csv"] as const) {
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    let early = before;
    let pieces = 0;
    let bytes = 0;
    let tail = "";
    const startedMs = performance.now();
    const { chunks } = await exportLog(ctx, { server: slugOf(MEASURED.hot), format });
    for await (const chunk of chunks) {
      bytes += Buffer.byteLength(chunk);
      tail = chunk;
      peak = Math.max(peak, process.memoryUsage().rss);
      pieces += 1;
      if (pieces <= EARLY_PIECES) early = peak;
    }
    const seconds = (performance.now() - startedMs) / 1_000;
    const last = tail.trimEnd().split("\n").at(-1) ?? "";
    console.log(
      `  ${format.padEnd(7)} ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s, memory of the process +${((early - before) / 1e6).toFixed(0)} MB in the first tenth, +${((peak - before) / 1e6).toFixed(0)} MB at most${format === "ndjson" ? `, ends with ${last}` : ""}`,
    );
  }
}
