import type { Fragment, Sql } from "postgres";
import { type UpstreamCall, UpstreamOutcome } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { levelOfNumber } from "./fact-levels.ts";

/** A row of the upstream log as the driver answers it. */
export interface StoredUpstreamCall {
  id: string;
  request_id: string | null;
  level: number;
  outcome: string;
  method: string;
  url: string;
  http_status: number | null;
  error: string | null;
  duration_ms: number;
  request_bytes: string;
  response_bytes: string;
  semver: string | null;
}

/** What `StoredUpstreamCall` needs, from upstream_calls as `u` and server_versions as `v`. */
export const upstreamColumns = (sql: Sql) => sql`
  u.id, u.request_id, u.level, u.outcome, u.method, u.url, u.http_status, u.error, u.duration_ms, u.request_bytes,
  u.response_bytes, v.semver`;

/** The join that `upstreamColumns` needs. */
export const upstreamJoins = (sql: Sql) => sql`
  left join server_versions v on v.organization_id = u.organization_id and v.id = u.version_id`;

/** The oldest `callsMax` outbound calls that match `where`, oldest first. */
export async function readUpstreamCalls(
  sql: Sql,
  organizationId: string,
  where: Fragment,
  callsMax: number,
): Promise<StoredUpstreamCall[]> {
  const rows = await sql<StoredUpstreamCall[]>`
    select ${upstreamColumns(sql)}
    from (
      select * from upstream_calls where organization_id = ${organizationId} and ${where}
      order by id limit ${callsMax}
    ) u
    ${upstreamJoins(sql)}
    order by u.id`;
  return [...rows];
}

/** The calls with these ids, newest first. */
export async function readUpstreamCallsById(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
): Promise<StoredUpstreamCall[]> {
  if (ids.length === 0) return [];
  const rows = await sql<StoredUpstreamCall[]>`
    select ${upstreamColumns(sql)} from upstream_calls u
    ${upstreamJoins(sql)}
    where u.organization_id = ${organizationId} and u.id = any(${[...ids]}::uuid[])
    order by u.id desc`;
  return [...rows];
}

/** The wire form of a stored call. */
export const toUpstreamCall = (row: StoredUpstreamCall): UpstreamCall => ({
  id: encodeId("upc", row.id),
  requestId: row.request_id === null ? null : encodeId("req", row.request_id),
  timestamp: new Date(timeOfUuid7(row.id)).toISOString(),
  level: levelOfNumber(row.level),
  outcome: UpstreamOutcome.parse(row.outcome),
  method: row.method,
  url: row.url,
  httpStatus: row.http_status,
  error: row.error,
  durationMs: row.duration_ms,
  requestBytes: Number(row.request_bytes),
  responseBytes: Number(row.response_bytes),
  version: row.semver,
});
