import type { Sql } from "postgres";
import { LogDrainKind, StoredLog } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import type { StorePlace } from "../requests/index.ts";

/** An enabled drain as the process that delivers sees it. */
export interface ServedDrain {
  readonly organizationId: string;
  readonly id: string;
  readonly name: string;
  readonly kind: LogDrainKind;
  readonly url: string;
  readonly headers: Uint8Array | null;
  readonly serverIds: readonly string[] | null;
  readonly levelMin: number;
  readonly failuresInRow: number;
  readonly nextAttemptAtMs: number;
  /** How far it came in each of its logs. */
  readonly places: ReadonlyMap<StoredLog, StorePlace>;
}

interface Row {
  organization_id: string;
  id: string;
  name: string;
  kind: string;
  url: string;
  headers: Uint8Array | null;
  server_ids: string[] | null;
  level_min: number;
  failures_in_row: number;
  next_attempt_ms: number | null;
  places: { log: string; tx: string; row: string }[];
}

/** All enabled drains of all organizations. */
export async function loadServedDrains(sql: Sql): Promise<ServedDrain[]> {
  const rows = await sql<Row[]>`
    select d.organization_id, d.id, d.name, d.kind, d.url, d.headers, d.server_ids, d.level_min, d.failures_in_row,
      (extract(epoch from d.next_attempt_at) * 1000)::float8 as next_attempt_ms,
      (select coalesce(json_agg(json_build_object('log', c.log, 'tx', c.written_tx::text, 'row', c.row_id)), '[]')
        from log_drain_cursors c
        where c.organization_id = d.organization_id and c.drain_id = d.id and c.log = any(d.logs)) as places
    from log_drains d
    where d.is_enabled and d.deleted_at is null
    order by d.organization_id, d.id`;
  return rows.map((row) => ({
    organizationId: row.organization_id,
    id: row.id,
    name: row.name,
    kind: LogDrainKind.parse(row.kind),
    url: row.url,
    headers: row.headers,
    serverIds: row.server_ids,
    levelMin: row.level_min,
    failuresInRow: row.failures_in_row,
    nextAttemptAtMs: row.next_attempt_ms ?? 0,
    places: new Map(
      row.places.map(({ log, tx, row: rowId }) => [StoredLog.parse(log), { writtenTx: Number(tx), rowId }]),
    ),
  }));
}

/** A step of a drain in one log: from where it was stored to be, to where it is now. */
export interface Step {
  readonly log: StoredLog;
  readonly from: StorePlace;
  readonly to: StorePlace;
}

type DrainId = Pick<ServedDrain, "organizationId" | "id">;
type Writer = Pick<System, "database" | "clock" | "ids">;

/**
 * What a drain did, written down. Each step is one statement that moves the place and counts together, and only from
 * where it is believed to be: false means that somebody else moved it, so that two processes never move it twice.
 */
export function drainProgress({ database: { sql }, clock, ids }: Writer) {
  const now = () => sql`${new Date(clock.nowMs()).toISOString()}::timestamptz`;
  const own = ({ organizationId, id }: DrainId) => sql`organization_id = ${organizationId} and id = ${id}`;
  const moved = (drain: DrainId, { log, from, to }: Step) => sql`
    moved as (
      update log_drain_cursors
      set written_tx = ${to.writtenTx}::bigint, row_id = ${to.rowId}::uuid, updated_at = ${now()}
      where organization_id = ${drain.organizationId} and drain_id = ${drain.id} and log = ${log}
        and written_tx = ${from.writtenTx}::bigint and row_id = ${from.rowId}::uuid
      returning 1
    )`;
  return {
    /** The sink has `rows` of them, and refused `rejectedRows` others of the same batch. */
    async delivered(
      drain: DrainId,
      step: Step,
      { rows, rejectedRows, message }: { rows: number; rejectedRows: number; message: string },
    ): Promise<boolean> {
      const { count } = await sql`
        with ${moved(drain, step)}
        update log_drains set last_delivered_at = ${now()}, delivered_rows = delivered_rows + ${rows},
          dead_rows = dead_rows + ${rejectedRows}, failures_in_row = 0, next_attempt_at = null
          ${rejectedRows > 0 ? sql`, last_error = ${message}, last_error_at = ${now()}` : sql``}
        where ${own(drain)} and exists (select 1 from moved)`;
      return count > 0;
    },
    /** The rows will not be sent again by themselves; they are remembered by their ids. */
    async buried(drain: DrainId, step: Step, rowIds: readonly string[], reason: string): Promise<boolean> {
      const { count } = await sql`
        with ${moved(drain, step)}, letter as (
          insert into log_drain_dead_letters (organization_id, id, drain_id, log, row_ids, reason, created_at)
          select ${drain.organizationId}, ${ids.id("ded")}, ${drain.id}, ${step.log}, ${[...rowIds]}::uuid[],
            ${reason}, ${now()}
          from moved
        ), forgotten as (
          delete from log_drain_dead_letters
          where organization_id = ${drain.organizationId} and drain_id = ${drain.id} and id in (
            select id from log_drain_dead_letters
            where organization_id = ${drain.organizationId} and drain_id = ${drain.id}
            order by id desc offset ${limits.drains.deadLettersKept - 1})
        )
        update log_drains set dead_rows = dead_rows + ${rowIds.length}, failures_in_row = 0, next_attempt_at = null,
          last_error = ${reason}, last_error_at = ${now()}
        where ${own(drain)} and exists (select 1 from moved)`;
      return count > 0;
    },
    /** The same rows are tried again at `nextAttemptAtMs`. */
    async failed(drain: DrainId, message: string, nextAttemptAtMs: number): Promise<void> {
      await sql`
        update log_drains set failures_in_row = failures_in_row + 1, last_error = ${message}, last_error_at = ${now()},
          next_attempt_at = ${new Date(nextAttemptAtMs).toISOString()}::timestamptz
        where ${own(drain)}`;
    },
    /** There was nothing to send on the way. */
    async passed(drain: DrainId, step: Step): Promise<boolean> {
      const rows = await sql`with ${moved(drain, step)} select 1 from moved`;
      return rows.length > 0;
    },
    /** Its place names a transaction that this database has not seen: it goes on from now, and says so. */
    async restarted(drain: DrainId, step: Step, message: string): Promise<boolean> {
      const { count } = await sql`
        with ${moved(drain, step)}
        update log_drains set last_error = ${message}, last_error_at = ${now()}
        where ${own(drain)} and exists (select 1 from moved)`;
      return count > 0;
    },
    async caughtUp(drain: DrainId): Promise<void> {
      await sql`update log_drains set caught_up_at = ${now()} where ${own(drain)}`;
    },
  };
}
export type DrainProgress = ReturnType<typeof drainProgress>;
