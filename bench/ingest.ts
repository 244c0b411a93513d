import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { type Database, migrateDatabase, openDatabase } from "#lib/db/index.ts";
import { createMark, createRedactor } from "#lib/domain/redaction/index.ts";
import { numberArray, textArray } from "#lib/domain/requests/array-literals.ts";
import {
  type ConsoleFact,
  type RequestFact,
  writeConsoleFacts,
  writeRequestFacts,
} from "#lib/domain/requests/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { killAndReplay } from "./ingest-parts/kill-and-replay.ts";

/**
 * How fast facts become durable: console lines and requests (with their counts) as the product writes them, against
 * a plain INSERT of the same console rows from arrays into a table without any index, in turns against one durable
 * PostgreSQL. Then 20,000 console lines a second through the real observation, with `kill -9` in the middle. And what
 * redaction costs per line.
 *
 * Options: `--seconds=60` or `--minutes=5` under load; `--rate=20000` lines a second.
 */

const ROUNDS = 3;
const SECONDS = 3;
const BATCH_ROWS = limits.writer.batchRowsMax;
const SERVERS = 50;
const ids = createIdSource();

const LINES_PER_SECOND = 20_000;
const LOAD_SECONDS = 60;
const BASELINE = "bare INSERT of console lines, no index";

const numberOption = (options: readonly string[], name: string): number | null => {
  const at = options.findIndex((option) => option === `--${name}` || option.startsWith(`--${name}=`));
  const value = Number(options[at]?.split("=")[1] ?? options[at + 1]);
  return at !== -1 && Number.isFinite(value) && value > 0 ? value : null;
};

export async function bench(options: readonly string[] = []): Promise<void> {
  const directory = await mkdtemp(path.join(tmpdir(), "mcpstack-bench-"));
  const postgres = await startEmbeddedPostgres({
    directory: path.join(directory, "db"),
    password: "bench",
    endsWithParent: true,
  });
  const database = openDatabase({ url: postgres.url, connectionsMax: 2, applicationName: "bench" });
  try {
    await migrateDatabase(
      postgres.url,
      path.resolve(import.meta.dirname, "../drizzle/migrations"),
      Date.now(),
      1,
    );
    const writers: [name: string, write: () => Promise<unknown>][] = [
      [BASELINE, () => insertBarely(database)],
      [
        "requests with exact counts",
        () =>
          writeRequestFacts(database, {
            facts: batchOf(requestFact),
            region: "bench",
            node: "bench",
          }),
      ],
      ["console lines", () => writeConsoleFacts(database, batchOf(consoleFact))],
    ];
    await database.sql`create table bare_lines (like console_log)`;
    const best = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, write] of writers) {
        best.set(name, Math.max(best.get(name) ?? 0, await rowsPerSecond(write)));
      }
    }
    const baseline = best.get(BASELINE) ?? Number.NaN;
    console.log(`durable rows per second, one connection, batches of ${BATCH_ROWS}, best of ${ROUNDS}`);
    for (const [name, rate] of best) {
      console.log(
        `  ${name.padEnd(36)} ${Math.round(rate).toLocaleString("en")}  ×${(rate / baseline).toFixed(2)}`,
      );
    }
    await database.sql`truncate console_log, log_counts`;
    const minutes = numberOption(options, "minutes");
    await underLoad(database, postgres.url, {
      linesPerSecond: numberOption(options, "rate") ?? LINES_PER_SECOND,
      seconds: minutes === null ? (numberOption(options, "seconds") ?? LOAD_SECONDS) : minutes * 60,
    });
    console.log(`redaction: ${redactionMicros().toFixed(2)} µs per ordinary line (goal ≤ 10)`);
  } finally {
    await database.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function rowsPerSecond(write: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  let rows = 0;
  while (performance.now() - startMs < SECONDS * 1_000) {
    await write();
    rows += BATCH_ROWS;
  }
  return (rows * 1_000) / (performance.now() - startMs);
}

const batchOf = <Fact>(make: (index: number) => Fact): Fact[] =>
  Array.from({ length: BATCH_ROWS }, (_, index) => make(index));

function requestFact(index: number): RequestFact {
  const id = ids.uuid();
  return {
    id,
    organizationId: "org_bench",
    serverId: `srv_${index % SERVERS}`,
    versionId: "ver_bench",
    requestId: id,
    outcome: index % 20 === 0 ? "tool_error" : "ok",
    kind: "request",
    era: "modern",
    method: "tools/call",
    tool: `tool_${index % 14}`,
    source: "external",
    clientName: "bench",
    clientVersion: "1.0.0",
    sessionHash: null,
    agentId: null,
    gatewayId: null,
    httpStatus: 200,
    rpcErrorCode: null,
    error: index % 20 === 0 ? "The order does not exist." : null,
    durationMs: (index * 7) % 900,
    requestBytes: 400,
    responseBytes: 1_800,
    traceId: null,
    decision: null,
    retentionDays: 7,
  };
}

let seq = 0;
const consoleFact = (index: number): ConsoleFact => ({
  id: ids.uuid(),
  organizationId: "org_bench",
  serverId: `srv_${index % SERVERS}`,
  versionId: "ver_bench",
  requestId: null,
  epoch: "bench",
  seq: ++seq,
  timestampMs: Date.now(),
  level: "info",
  method: "log",
  message: `[INFO] Tool: refund_order, Params: {"orderId":"ord_${index}","amount":12.5,"reason":"damaged in transit"}`,
  truncated: false,
  bytes: 104,
  retentionDays: 7,
});

async function insertBarely({ sql }: Database): Promise<void> {
  const facts = batchOf(consoleFact);
  const text = (read: (fact: ConsoleFact) => string | null): string => textArray(facts, read);
  await sql`
    insert into bare_lines (id, organization_id, server_id, version_id, request_id, epoch, seq, level, method, message,
      truncated, bytes, written_tx)
    select id, organization_id, server_id, version_id, null, epoch, seq, 1, method, message, false, bytes, 0
    from unnest(
      ${text((fact) => fact.id)}::text::uuid[], ${text((fact) => fact.organizationId)}::text::text[],
      ${text((fact) => fact.serverId)}::text::text[], ${text((fact) => fact.versionId)}::text::text[],
      ${text((fact) => fact.epoch)}::text::text[], ${numberArray(facts, (fact) => fact.seq)}::text::bigint[],
      ${text((fact) => fact.method)}::text::text[], ${text((fact) => fact.message)}::text::text[],
      ${numberArray(facts, (fact) => fact.bytes)}::text::int[]
    ) as u(id, organization_id, server_id, version_id, epoch, seq, method, message, bytes)`;
}

async function underLoad(
  database: Database,
  url: string,
  load: { linesPerSecond: number; seconds: number },
): Promise<void> {
  console.log(
    `\n${load.linesPerSecond.toLocaleString("en")} console lines a second for ${load.seconds} s through the observation, kill -9 in the middle (load average ${loadavg()[0]?.toFixed(1)})`,
  );
  const result = await killAndReplay(database, url, load);
  const { keptMs } = result;
  const whole = (value: number): string => Math.round(value).toLocaleString("en");
  console.log(
    `  taken ${whole(result.taken)}, stored ${whole(result.storedPerSecond)} rows/s over ${result.seconds.toFixed(1)} s, restart and replay included`,
  );
  console.log(
    `  from taking to being safe on disk: p50 ${keptMs.p50.toFixed(1)} ms, p99 ${keptMs.p99.toFixed(1)} ms, longest ${keptMs.max.toFixed(0)} ms`,
  );
  console.log(
    `  CPU of the observing process ${(result.cpuShare * 100).toFixed(0)} % of a core, memory up to ${whole(result.residentBytesMax / 2 ** 20)} MiB, spool up to ${whole(result.diskBytesMax / 2 ** 20)} MiB`,
  );
  const goal = (isMet: boolean, text: string) => console.log(`${isMet ? "met    " : "NOT met"}  ${text}`);
  goal(result.lost === 0, `safe on disk and lost: ${result.lost}`);
  goal(result.duplicated === 0, `duplicated: ${result.duplicated}`);
  goal(result.countsAreExact, "counts by span are those of the rows");
  goal(result.shed === 0, `shed: ${result.shed}`);
  console.log(`  taken and not yet on disk when it was killed: ${result.unkept}`);
}

function redactionMicros(): number {
  const redact = createRedactor(["a-secret-of-the-server"], createMark("bench"));
  const lines = [
    "[INFO] POST https://support.example.com/mcp?x=1 received in 12ms",
    '[INFO] Tool: refund_order, Params: {"orderId":"ord_12345","amount":12.5,"reason":"damaged in transit"}',
    "[ERROR] Failed to parse request: Unexpected token < in JSON at position 0\n    at JSON.parse (<anonymous>)",
    "[DEBUG] cache key user:1234 hit ratio 0.93, tokens used: 812",
  ];
  const rounds = 50_000;
  const startMs = performance.now();
  for (let round = 0; round < rounds; round++) for (const line of lines) redact(line);
  return ((performance.now() - startMs) * 1_000) / (rounds * lines.length);
}
