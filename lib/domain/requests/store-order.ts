import type { Fragment, Sql } from "postgres";
import type { DrainRecord, StoredLog } from "#lib/contract/index.ts";
import { type StoredLine, toConsoleLine } from "./console-lines.ts";
import {
  type StoredRequest,
  storedRequestColumns,
  storedRequestJoins,
  toRequestRow,
} from "./request-rows.ts";
import { type StoredUpstreamCall, toUpstreamCall, upstreamColumns, upstreamJoins } from "./upstream-calls.ts";

/** A place in the order in which rows were stored: behind row `rowId` of transaction `writtenTx`. */
export interface StorePlace {
  readonly writtenTx: number;
  readonly rowId: string;
}

/** A stored row on its way out, with its place. */
export interface PlacedRow {
  readonly place: StorePlace;
  readonly record: DrainRecord;
}

export interface StoreOrderInput {
  log: StoredLog;
  organizationId: string;
  /** Rows behind this place only. */
  after: StorePlace;
  /** Rows of older transactions only. At most what `oldestOpenTransaction` answered, or rows can still appear before it. */
  beforeTx: number;
  /** 0 debug to 3 error. */
  levelMin: number;
  /** Null: all. */
  serverIds: readonly string[] | null;
  rowsMax: number;
}

/**
 * The first `rowsMax` rows behind a place in the order of (transaction, id). A row of an old call that is stored late
 * has a new transaction, so whoever goes on from the last row misses none.
 */
export const readInStoreOrder = (sql: Sql, input: StoreOrderInput): Promise<PlacedRow[]> =>
  READERS[input.log](
    sql,
    sql`organization_id = ${input.organizationId}
      and written_tx >= ${input.after.writtenTx}::bigint and written_tx < ${input.beforeTx}::bigint
      and (written_tx, id) > (${input.after.writtenTx}::bigint, ${input.after.rowId}::uuid)
      and level >= ${input.levelMin}
      ${input.serverIds === null ? sql`` : sql`and server_id = any(${[...input.serverIds]}::text[])`}`,
    input.rowsMax,
  );

/** Those of the named rows that are still stored, in the order in which they were. */
export const readRowsById = (
  sql: Sql,
  { log, organizationId, ids }: { log: StoredLog; organizationId: string; ids: readonly string[] },
): Promise<PlacedRow[]> =>
  READERS[log](sql, sql`organization_id = ${organizationId} and id = any(${[...ids]}::uuid[])`, ids.length);

/**
 * The oldest transaction that may still be writing: every row of an older one is visible, or never will be. And the
 * next one that will begin, which no stored row can be of unless the database came from elsewhere.
 */
export async function transactionBounds(sql: Sql): Promise<{ oldestOpen: number; next: number }> {
  const [row] = await sql<{ oldest: string; next: string }[]>`
    select pg_snapshot_xmin(s)::text as oldest, pg_snapshot_xmax(s)::text as next from pg_current_snapshot() s`;
  if (!row) throw new Error("the database named no snapshot");
  return { oldestOpen: Number(row.oldest), next: Number(row.next) };
}

type Placed<Row> = Row & { written_tx: string; server_id: string; slug: string };
type Reader = (sql: Sql, where: Fragment, rowsMax: number) => Promise<PlacedRow[]>;

const placed = (row: { id: string; written_tx: string }, record: DrainRecord): PlacedRow => ({
  place: { writtenTx: Number(row.written_tx), rowId: row.id },
  record,
});

const READERS: Record<StoredLog, Reader> = {
  async requests(sql, where, rowsMax) {
    const rows = await sql<Placed<StoredRequest & { trace_id: string | null }>[]>`
      select ${storedRequestColumns(sql)}, r.trace_id, r.written_tx, coalesce(s.slug, r.server_id) as slug
      from (select * from request_log where ${where} order by written_tx, id limit ${rowsMax}) r
      ${storedRequestJoins(sql)}
      left join servers s on s.organization_id = r.organization_id and s.id = r.server_id
      order by r.written_tx, r.id`;
    return rows.map((row) =>
      placed(row, { log: "requests", server: row.slug, ...toRequestRow(row), traceId: row.trace_id }),
    );
  },
  async console(sql, where, rowsMax) {
    const rows = await sql<Placed<StoredLine>[]>`
      select c.id, c.request_id, c.epoch, c.seq, c.level, c.method, c.message, c.truncated, c.bytes, v.semver,
        c.written_tx, c.server_id, coalesce(s.slug, c.server_id) as slug
      from (select * from console_log where ${where} order by written_tx, id limit ${rowsMax}) c
      left join server_versions v on v.organization_id = c.organization_id and v.id = c.version_id
      left join servers s on s.organization_id = c.organization_id and s.id = c.server_id
      order by c.written_tx, c.id`;
    return rows.map((row) => {
      const line = toConsoleLine(row);
      const timestamp = new Date(line.timestamp).toISOString();
      return placed(row, {
        log: "console",
        server: row.slug,
        serverId: row.server_id,
        ...line,
        timestamp,
      });
    });
  },
  async upstream(sql, where, rowsMax) {
    const rows = await sql<Placed<StoredUpstreamCall>[]>`
      select ${upstreamColumns(sql)}, u.written_tx, u.server_id, coalesce(s.slug, u.server_id) as slug
      from (select * from upstream_calls where ${where} order by written_tx, id limit ${rowsMax}) u
      ${upstreamJoins(sql)}
      left join servers s on s.organization_id = u.organization_id and s.id = u.server_id
      order by u.written_tx, u.id`;
    return rows.map((row) =>
      placed(row, { log: "upstream", server: row.slug, serverId: row.server_id, ...toUpstreamCall(row) }),
    );
  },
};
