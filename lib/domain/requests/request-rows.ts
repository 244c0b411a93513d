import type { Sql } from "postgres";
import { Era, Explanation, Outcome, RequestKind, type RequestRow, Source } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { levelOfNumber } from "./fact-levels.ts";

/** A row of the request log as the driver answers it. */
export interface StoredRequest {
  id: string;
  request_id: string;
  server_id: string;
  level: number;
  outcome: string;
  kind: string;
  era: string | null;
  method: string | null;
  tool: string | null;
  source: string;
  client_name: string | null;
  client_version: string | null;
  agent_id: string | null;
  session_hash: string | null;
  gateway_id: string | null;
  semver: string | null;
  region: string;
  http_status: number;
  rpc_error_code: number | null;
  error: string | null;
  duration_ms: number;
  request_bytes: string;
  response_bytes: string;
  principal: string | null;
  principal_name: string | null;
  decision: string | null;
  grant_id: string | null;
  explanation: unknown;
  end_user: string | null;
  agent_session: string | null;
  billing: string | null;
  /** A decimal string. */
  amount_micros: string | null;
}

/** What `StoredRequest` needs, from request_log as `r` and what `storedRequestJoins` adds. */
export const storedRequestColumns = (sql: Sql) => sql`
  r.id, r.request_id, r.server_id, r.level, r.outcome, r.kind, r.era, r.method, r.tool, r.source, r.client_name,
  r.client_version, r.agent_id, r.session_hash, r.gateway_id, v.semver, r.region, r.http_status, r.rpc_error_code, r.error,
  r.duration_ms, r.request_bytes, r.response_bytes, r.principal, coalesce(k.name, a.name) as principal_name, r.decision, r.grant_id,
  r.explanation, r.end_user, r.agent_session, r.billing, r.amount_micros`;

/** The joins that `storedRequestColumns` needs. */
export const storedRequestJoins = (sql: Sql) => sql`
  left join server_versions v on v.organization_id = r.organization_id and v.id = r.version_id
  left join access_keys k on k.organization_id = r.organization_id and r.principal like 'key:%'
    and k.id = substr(r.principal, 5)
  left join agents a on a.organization_id = r.organization_id and a.id = r.agent_id`;

/** The rows of some ids, newest first; ids of other organizations find none. */
export async function readRequests(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
): Promise<StoredRequest[]> {
  if (ids.length === 0) return [];
  const rows = await sql<StoredRequest[]>`
    select ${storedRequestColumns(sql)} from request_log r
    ${storedRequestJoins(sql)}
    where r.organization_id = ${organizationId} and r.id = any(${[...ids]}::uuid[])
    order by r.id desc`;
  return [...rows];
}

/** The wire form of a stored row. */
export const toRequestRow = (row: StoredRequest): RequestRow => ({
  id: encodeId("log", row.id),
  requestId: encodeId("req", row.request_id),
  timestamp: new Date(timeOfUuid7(row.id)).toISOString(),
  level: levelOfNumber(row.level),
  outcome: Outcome.parse(row.outcome),
  kind: RequestKind.parse(row.kind),
  era: row.era === null ? null : Era.parse(row.era),
  method: row.method,
  tool: row.tool,
  source: Source.parse(row.source),
  client: { name: row.client_name, version: row.client_version },
  agentId: row.agent_id,
  session: row.session_hash,
  gatewayId: row.gateway_id,
  serverId: row.server_id,
  version: row.semver,
  region: row.region,
  httpStatus: row.http_status,
  rpcErrorCode: row.rpc_error_code,
  error: row.error,
  durationMs: row.duration_ms,
  requestBytes: Number(row.request_bytes),
  responseBytes: Number(row.response_bytes),
  decision:
    row.decision === null
      ? null
      : {
          allowed: row.decision === "allowed",
          reason: row.decision,
          principal: row.principal,
          principalName: row.principal_name,
          grantId: row.grant_id,
          explanation: Explanation.nullable().catch(null).parse(row.explanation),
        },
  endUser: row.end_user,
  agentSession: row.agent_session,
  billing: row.billing,
  amountMicros: row.amount_micros,
});
