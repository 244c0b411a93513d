import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createMark, createRedactor } from "#lib/data-plane/observation/redactor.ts";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { type Database, migrateDatabase, openDatabase } from "#lib/db/index.ts";
import {
  type ConsoleFact,
  type RequestFact,
  writeConsoleFacts,
  writeRequestFacts,
} from "#lib/domain/requests/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";

/**
 * How fast facts become durable: console lines and requests (with their counts) as the product writes them, against
 * a plain multi-row INSERT of the same request rows without counts, in turns against one durable PostgreSQL. And
 * what redaction costs per line.
 */

const ROUNDS = 3;
const SECONDS = 3;
const BATCH_ROWS = limits.writer.batchRowsMax;
const SERVERS = 50;
const ids = createIdSource();

export async function bench(): Promise<void> {
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
      ["plain multi-row INSERT of requests", () => insertPlainly(database)],
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
    const best = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, write] of writers) {
        best.set(name, Math.max(best.get(name) ?? 0, await rowsPerSecond(write)));
      }
    }
    const baseline = best.get("plain multi-row INSERT of requests") ?? Number.NaN;
    console.log(`durable rows per second, one connection, batches of ${BATCH_ROWS}, best of ${ROUNDS}`);
    for (const [name, rate] of best) {
      console.log(
        `  ${name.padEnd(36)} ${Math.round(rate).toLocaleString("en")}  ×${(rate / baseline).toFixed(2)}`,
      );
    }
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

async function insertPlainly({ sql }: Database): Promise<void> {
  const rows = batchOf(requestFact).map((fact) => ({
    id: fact.id,
    organization_id: fact.organizationId,
    server_id: fact.serverId,
    version_id: fact.versionId,
    request_id: fact.requestId,
    level: 1,
    outcome: fact.outcome,
    kind: fact.kind,
    era: fact.era,
    method: fact.method,
    tool: fact.tool,
    source: fact.source,
    client_name: fact.clientName,
    client_version: fact.clientVersion,
    region: "bench",
    node: "bench",
    http_status: fact.httpStatus,
    error: fact.error,
    duration_ms: fact.durationMs,
    request_bytes: fact.requestBytes,
    response_bytes: fact.responseBytes,
  }));
  await sql`insert into request_log ${sql(rows)}`;
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
