import type { Sql } from "postgres";
import { type Database, ensurePartitions } from "#lib/db/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";

export const DAYS = 30;
const DAY_MS = 86_400_000;
const SERVERS = 2_000;
/** Console lines and outbound calls for each hundred requests. */
const LINES_PER_100 = 30;
const CALLS_PER_100 = 5;
/** Occurs in this many requests of a million. */
const RARE_PER_MILLION = 20;
export const RARE_TEXT = "cust_281103";

/** The servers that are measured, by how much of all traffic they have. */
export const MEASURED = { hot: 1, mid: 40, cold: 1_000 } as const;
export const slugOf = (rank: number): string => `bench-${rank}`;
export const serverId = (rank: number): string =>
  encodeId("srv", `00000000-0000-7000-8000-${rank.toString(16).padStart(12, "0")}`);

/** Zipf: the server of rank k gets 1/k of what the first one gets. The upper bounds of the shares, from 0 to 1. */
function shares(servers: number): number[] {
  const weights = Array.from({ length: servers }, (_, index) => 1 / (index + 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let upTo = 0;
  return weights.map((weight) => {
    upTo += weight / sum;
    return upTo;
  });
}

/**
 * Fills a migrated database with `rows` requests over the last days, as if they had been written in the order of
 * time, their console lines and outbound calls, and the counts of the measured servers. All belongs to one
 * organization, so that the index by organization is as large as it gets.
 */
export async function load(
  database: Database,
  organizationId: string,
  rows: number,
  nowMs: number,
  { days = DAYS, servers = SERVERS } = {},
): Promise<void> {
  const { sql } = database;
  const fromMs = nowMs - days * DAY_MS + DAY_MS / 24;
  await ensurePartitions(sql, fromMs - DAY_MS, days + 3);
  const bounds = shares(servers);
  for (const [table, share, insert] of [
    ["request_log", 1, insertRequests],
    ["console_log", LINES_PER_100 / 100, insertLines],
    ["upstream_calls", CALLS_PER_100 / 100, insertCalls],
  ] as const) {
    const startedMs = performance.now();
    const rebuild = await withoutIndexes(sql, table);
    const perDay = Math.ceil((rows * share) / days);
    for (let day = 0; day < days; day++) {
      const dayMs = fromMs + day * DAY_MS;
      const lengthMs = Math.min(DAY_MS, nowMs - dayMs);
      await insert(sql, { organizationId, bounds, rows: perDay, fromMs: dayMs, lengthMs });
    }
    await rebuild();
    const seconds = (performance.now() - startedMs) / 1_000;
    console.log(
      `  ${table.padEnd(15)} ${(perDay * days).toLocaleString("en")} rows in ${seconds.toFixed(0)} s`,
    );
  }
  for (const rank of Object.values(MEASURED)) if (rank <= servers) await count(sql, serverId(rank));
  await sql`vacuum analyze request_log`;
  await sql`vacuum analyze console_log`;
  await sql`analyze`;
}

/** Drops the indexes of a table but its key; what is answered makes them again, faster than keeping them would be. */
async function withoutIndexes(sql: Sql, table: string): Promise<() => Promise<void>> {
  const indexes = await sql<{ name: string; definition: string }[]>`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
    join pg_class c on c.oid = i.indexrelid
    where i.indrelid = ${table}::regclass and not i.indisprimary`;
  for (const { name } of indexes) await sql.unsafe(`drop index "${name}"`);
  return async () => {
    for (const { definition } of indexes) await sql.unsafe(definition.replace(" ON ONLY ", " ON "));
  };
}

interface Part {
  organizationId: string;
  bounds: readonly number[];
  rows: number;
  fromMs: number;
  lengthMs: number;
}

/** How ids write five bits. */
const BASE32 = "0123456789abcdefghjkmnpqrstvwxyz";
/** Rows `n` of a part with their time as id, their server and a random number. */
const source = (sql: Sql, { bounds, rows, fromMs, lengthMs }: Part) => sql`
  select n, r, (left(ms, 8) || '-' || right(ms, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid as id,
    ${serverId(0).slice(0, -3)}::text || substr(${BASE32}, rank / 1024 + 1, 1)
      || substr(${BASE32}, rank / 32 % 32 + 1, 1) || substr(${BASE32}, rank % 32 + 1, 1) as server_id
  from (
    select n, random() as r, width_bucket(random(), ${[...bounds]}::float8[]) + 1 as rank,
      lpad(to_hex(${fromMs}::bigint + (${lengthMs}::bigint * n) / ${rows}::bigint), 12, '0') as ms
    from generate_series(0, ${rows - 1}::bigint) n
  ) made`;

const insertRequests = (sql: Sql, part: Part) => sql`
  insert into request_log (id, organization_id, server_id, version_id, request_id, level, outcome, kind, era, method,
    tool, source, client_name, client_version, session_hash, region, node, http_status, error, duration_ms,
    request_bytes, response_bytes)
  select id, ${part.organizationId}, server_id, 'ver_' || (n % 3), id,
    case when r < 0.03 then 3 when r < 0.04 then 2 when r > 0.98 then 0 else 1 end,
    case when r < 0.02 then 'tool_error' when r < 0.03 then 'timeout' when r < 0.04 then 'rate_limited' else 'ok' end,
    'request', 'modern', case when n % 6 = 0 then 'tools/list' else 'tools/call' end,
    case when n % 6 = 0 then null else 'tool_' || (n % 14) end,
    case when n % 9 = 0 then 'smoke' else 'external' end,
    (array['claude-ai', 'Cursor', 'ChatGPT', 'agent-sdk'])[n % 4 + 1], '1.2.0',
    case when n % 10 = 0 then lpad(to_hex(n / 50), 16, '0') end,
    'eu-1', 'node-1', 200,
    case when r < ${RARE_PER_MILLION / 1e6}::float8 then 'No customer ' || ${RARE_TEXT}::text || ' in this region.'
      when r < 0.03 then 'The order ord_' || n || ' does not exist, or was made before the shop opened its books.' end,
    r * 900, 200 + n % 900, 900 + n % 5000
  from (${source(sql, part)}) rows`;

const insertLines = (sql: Sql, part: Part) => sql`
  insert into console_log (id, organization_id, server_id, version_id, request_id, epoch, seq, level, method, message, bytes)
  select id, ${part.organizationId}, server_id, 'ver_' || (n % 3), id, 'bench', n, case when r < 0.05 then 3 else 1 end,
    'log', '[INFO] Tool: refund_order, Params: {"orderId":"ord_' || n || '","amount":12.5,"reason":"damaged"}', 104
  from (${source(sql, part)}) rows`;

const insertCalls = (sql: Sql, part: Part) => sql`
  insert into upstream_calls (id, organization_id, server_id, version_id, request_id, level, outcome, method, url,
    http_status, duration_ms, request_bytes, response_bytes)
  select id, ${part.organizationId}, server_id, 'ver_' || (n % 3), id, 1, 'ok', 'GET',
    'https://shop.example.com/orders/' || n, 200, r * 300, 100, 2000
  from (${source(sql, part)}) rows`;

/** The counts that the writer keeps, of one server. */
async function count(sql: Sql, server: string): Promise<void> {
  const at = sql`to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)`;
  for (const [log, table] of [
    ["requests", "request_log"],
    ["console", "console_log"],
    ["upstream", "upstream_calls"],
  ] as const) {
    await sql`
      insert into log_counts (organization_id, server_id, log, span_minutes, start, level, rows)
      select organization_id, server_id, ${log}, minutes, date_bin(minutes * interval '1 minute', ${at}, timestamptz '2000-01-01 00:00:00+00'),
        level, count(*)
      from ${sql(table)} cross join (values (15), (60), (1440)) spans(minutes)
      where server_id = ${server} group by 1, 2, 3, 4, 5, 6`;
  }
  await sql`
    insert into request_rollup (organization_id, server_id, hour, source, kind, tool, outcome, level, duration_bucket,
      calls, stored, request_bytes, response_bytes, duration_ms_sum)
    select organization_id, server_id, date_trunc('hour', ${at}), source, kind, coalesce(tool, ''), outcome, min(level),
      width_bucket(duration_ms, 0, 900, 9), count(*), count(*), sum(request_bytes), sum(response_bytes), sum(duration_ms)
    from request_log where server_id = ${server} group by 1, 2, 3, 4, 5, 6, 7, 9`;
  await sql`
    insert into usage_rollup (organization_id, hour, server_id, tool, agent_id, client, source, region, outcome,
      duration_bucket, calls, request_bytes, response_bytes, duration_ms_sum, duration_ms_max, request_bytes_max,
      response_bytes_max)
    select organization_id, date_trunc('hour', ${at}), server_id, coalesce(tool, ''), coalesce(agent_id, ''),
      coalesce(client_name, ''), source, region, outcome, width_bucket(duration_ms, 0, 900, 9), count(*),
      sum(request_bytes), sum(response_bytes), sum(duration_ms), max(duration_ms), max(request_bytes), max(response_bytes)
    from request_log where server_id = ${server} and method = 'tools/call' group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`;
}
