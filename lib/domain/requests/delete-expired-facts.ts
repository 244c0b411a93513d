import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { HOUR_MS, visibleSinceMs } from "./visible-window.ts";

const { retentionDeleteRowsPerBatchMax, rollupRetentionDays } = limits.storage;

export interface DeletedFacts {
  requests: number;
  consoleLines: number;
  rollups: number;
}

/**
 * Deletes what is older than each server's retention, and the rows of deleted servers, in bounded batches; also
 * hourly counts beyond `limits.storage.rollupRetentionDays` and the memory of what was counted without a row. Stops early when
 * `signal` is given; the next run goes on. Counts of calls stay: only what points at rows is forgotten first, so that
 * pages never lead to a row that is being deleted.
 */
export async function deleteExpiredFacts(
  system: Pick<System, "database" | "clock">,
  signal?: AbortSignal,
): Promise<DeletedFacts> {
  const { sql } = system.database;
  const nowMs = system.clock.nowMs();
  const deleted: DeletedFacts = { requests: 0, consoleLines: 0, rollups: 0 };
  const servers = await sql<{ id: string; organization_id: string; retention_days: number }[]>`
    select id, organization_id, case when deleted_at is null then retention_days else 0 end as retention_days
    from servers`;
  for (const server of servers) {
    if (signal?.aborted) return deleted;
    const beforeMs = visibleSinceMs(server.retention_days, nowMs);
    await sql`
      update request_rollup set stored = 0
      where organization_id = ${server.organization_id} and server_id = ${server.id}
        and hour < ${new Date(beforeMs).toISOString()}::timestamptz and stored <> 0`;
    deleted.requests += await deleteRows(system, "request_log", server.id, beforeMs, signal);
    deleted.consoleLines += await deleteRows(system, "console_log", server.id, beforeMs, signal);
  }
  const rollupsBefore = new Date(nowMs - rollupRetentionDays * 24 * HOUR_MS).toISOString();
  const rollups = await sql`delete from request_rollup where hour < ${rollupsBefore}::timestamptz`;
  const decided = await sql`delete from gateway_rollup where hour < ${rollupsBefore}::timestamptz`;
  deleted.rollups = rollups.count + decided.count;
  await sql`delete from counted_facts where id < ${uuid7Floor(nowMs - limits.requests.countedMemoryMs)}`;
  return deleted;
}

async function deleteRows(
  { database: { sql } }: Pick<System, "database">,
  table: "request_log" | "console_log",
  serverId: string,
  beforeMs: number,
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
