import { dropPartitionsBefore, LOG_TABLES } from "#lib/db/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { forgetCounts } from "./forget-counts.ts";
import { HOUR_MS, visibleSinceMs } from "./visible-window.ts";

const { retentionDeleteRowsPerBatchMax, rollupRetentionDays } = limits.storage;

/** How many rows of each kind were deleted one by one, and how many whole days were dropped. */
export interface DeletedFacts {
  requests: number;
  consoleLines: number;
  upstreamCalls: number;
  bodies: number;
  rollups: number;
  partitions: number;
}

interface Expiring {
  id: string;
  organizationId: string;
  /** Rows of earlier calls are gone. */
  beforeMs: number;
  isDeleted: boolean;
}

/**
 * Deletes what is older than each server's retention, and the rows of deleted servers: whole days as soon as no server
 * keeps them, the rest in bounded batches; also hourly counts beyond `limits.storage.rollupRetentionDays`, events that were
 * billed beyond `limits.money.usageEventsKeptDays` and the memory of what was counted without a row. What points at rows is forgotten first, so that pages never lead to a row that is
 * being deleted, and counts are those of the rows that stay. Stops early when `signal` is given; the next run goes on.
 */
export async function deleteExpiredFacts(
  system: Pick<System, "database" | "clock">,
  signal?: AbortSignal,
): Promise<DeletedFacts> {
  const { sql } = system.database;
  const nowMs = system.clock.nowMs();
  const deleted: DeletedFacts = {
    requests: 0,
    consoleLines: 0,
    upstreamCalls: 0,
    bodies: 0,
    rollups: 0,
    partitions: 0,
  };
  const servers = await expiringServers(system);
  for (const server of servers) {
    if (signal?.aborted) return deleted;
    await forgetWhatLeadsToRows(system, server);
  }
  const kept = servers.filter(({ isDeleted }) => !isDeleted).map(({ beforeMs }) => beforeMs);
  // The day under way stays: a server that is made meanwhile stores into it.
  const oldestMs = kept.reduce((oldest, ms) => Math.min(oldest, ms), nowMs);
  deleted.partitions = (await dropPartitionsBefore(sql, LOG_TABLES, oldestMs)).length;
  for (const server of servers) {
    if (signal?.aborted) return deleted;
    deleted.requests += await deleteRows(system, "request_log", server, signal);
    deleted.bodies += await deleteRows(system, "request_bodies", server, signal);
    deleted.consoleLines += await deleteRows(system, "console_log", server, signal);
    deleted.upstreamCalls += await deleteRows(system, "upstream_calls", server, signal);
  }
  const rollupsBefore = new Date(nowMs - rollupRetentionDays * 24 * HOUR_MS).toISOString();
  const rollups = await sql`delete from request_rollup where hour < ${rollupsBefore}::timestamptz`;
  const decided = await sql`delete from gateway_rollup where hour < ${rollupsBefore}::timestamptz`;
  const used = await sql`delete from usage_rollup where hour < ${rollupsBefore}::timestamptz`;
  deleted.rollups = rollups.count + decided.count + used.count;
  // What was billed is kept apart from how long logs are.
  const billedBeforeMs = nowMs - limits.money.usageEventsKeptDays * 24 * HOUR_MS;
  deleted.partitions += (await dropPartitionsBefore(sql, ["usage_events"], billedBeforeMs)).length;
  await sql`delete from counted_facts where id < ${uuid7Floor(nowMs - limits.requests.countedMemoryMs)}`;
  return deleted;
}

async function expiringServers({
  database: { sql },
  clock,
}: Pick<System, "database" | "clock">): Promise<Expiring[]> {
  const rows = await sql<{ id: string; organization_id: string; retention_days: number; gone: boolean }[]>`
    select id, organization_id, retention_days, deleted_at is not null as gone from servers`;
  return rows.map((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    beforeMs: visibleSinceMs(row.gone ? 0 : row.retention_days, clock.nowMs()),
    isDeleted: row.gone,
  }));
}

async function forgetWhatLeadsToRows(
  { database: { sql } }: Pick<System, "database">,
  { id, organizationId, beforeMs }: Expiring,
): Promise<void> {
  await sql`
    update request_rollup set stored = 0
    where organization_id = ${organizationId} and server_id = ${id}
      and hour < ${new Date(beforeMs).toISOString()}::timestamptz and stored <> 0`;
  await forgetCounts(sql, { organizationId, serverId: id, beforeMs });
}

async function deleteRows(
  { database: { sql } }: Pick<System, "database">,
  table: "request_log" | "request_bodies" | "console_log" | "upstream_calls",
  { id: serverId, beforeMs }: Expiring,
  signal: AbortSignal | undefined,
): Promise<number> {
  const beforeId = uuid7Floor(beforeMs);
  for (let total = 0; ; ) {
    if (signal?.aborted) return total;
    const result = await sql`
      delete from ${sql(table)} where server_id = ${serverId} and id < ${beforeId} and id <= (
        select max(id::text)::uuid from (
          select id from ${sql(table)} where server_id = ${serverId} and id < ${beforeId}
          order by id limit ${retentionDeleteRowsPerBatchMax}
        ) oldest)`;
    total += result.count;
    if (result.count < retentionDeleteRowsPerBatchMax) return total;
  }
}
