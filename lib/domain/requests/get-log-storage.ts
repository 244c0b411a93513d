import { type LogStorage, RetentionDays } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { retentionMaxOf } from "../plans/index.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";

const TABLES = [
  { log: "requests", table: "request_log" },
  { log: "console", table: "console_log" },
  { log: "upstream", table: "upstream_calls" },
] as const;

interface Usage {
  log: (typeof TABLES)[number]["log"];
  rows: string;
  all_rows: string;
  oldest: Date | string | null;
  bytes: string;
}

/**
 * What a server's logs take in the database: its rows as they are counted, and for bytes its share of what the tables
 * with their indexes take, by how many rows the database believes to be in them. Bodies are counted themselves, with the bytes that they have in the table.
 */
export const getLogStorage = query({
  name: "log.getStorage",
  scope: "logs:read",
  input: LoggedServerRef,
  run: async (ctx, { server: ref }): Promise<LogStorage> => {
    const { sql } = ctx.database;
    const server = await loggedServer(ctx.database, ctx.organization.id, ref);
    const logs = TABLES.map(({ log }) => log);
    const [retentionMax, usage, bodies] = await Promise.all([
      retentionMaxOf(ctx, ctx.database.db),
      sql<Usage[]>`
        select l.log,
          coalesce((select sum(rows) from log_counts c where c.log = l.log and c.span_minutes = 1440
            and c.organization_id = ${server.organizationId} and c.server_id = ${server.id}), 0)::text as rows,
          (select coalesce(sum(greatest(p.reltuples, 0)), 0)::bigint::text from pg_partition_tree(l.relation::regclass) t
            join pg_class p on p.oid = t.relid where t.isleaf) as all_rows,
          (select min(start) from log_counts c where c.log = l.log and c.span_minutes = 15 and c.rows > 0
            and c.organization_id = ${server.organizationId} and c.server_id = ${server.id}) as oldest,
          (select coalesce(sum(pg_total_relation_size(t.relid)), 0)::text from pg_partition_tree(l.relation::regclass) t
            where t.isleaf) as bytes
        from unnest(${logs}::text[], ${TABLES.map(({ table }) => table)}::text[]) as l(log, relation)`,
      sql<{ rows: string; bytes: string; oldest_ms: number | null }[]>`
        select count(*)::text as rows,
          coalesce(sum(pg_column_size(request)::bigint + coalesce(pg_column_size(response), 0)), 0)::text as bytes,
          min(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint)::float8 as oldest_ms
        from request_bodies where organization_id = ${server.organizationId} and server_id = ${server.id}`,
    ]);
    const body = bodies[0];
    return {
      retentionDays: RetentionDays.parse(server.retentionDays),
      retentionDaysMax: retentionMax.days,
      logs: [
        ...usage.map(({ log, rows, all_rows, bytes, oldest }) => ({
          log,
          rows: Number(rows),
          bytes:
            Number(rows) === 0
              ? 0
              : Math.round((Number(bytes) * Number(rows)) / Math.max(Number(all_rows), Number(rows))),
          oldest: oldest === null ? null : new Date(oldest).toISOString(),
        })),
        {
          log: "bodies" as const,
          rows: Number(body?.rows ?? 0),
          bytes: Number(body?.bytes ?? 0),
          oldest: body?.oldest_ms == null ? null : new Date(body.oldest_ms).toISOString(),
        },
      ],
      isEstimate: true,
    };
  },
});
