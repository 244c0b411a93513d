import type { FailingCall } from "#lib/contract/index.ts";
import { decodeId, encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isCaller, numberOrNull } from "./callers.ts";
import { cutNameOrNull, cutTextOrNull } from "./evidence-text.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

interface Failed {
  id: string;
  request_id: string;
  tool: string | null;
  method: string | null;
  kind: string;
  outcome: string;
  http_status: number;
  rpc_error_code: number | null;
  error: string | null;
  duration_ms: number;
  agent_id: string | null;
  client_name: string | null;
  lines: boolean;
  upstream_calls: string;
  upstream_ms: number | null;
}

/** The newest calls that failed, of the agent, tool and client that are asked about, with how far each provably came. */
export async function failingCallsOf({
  question,
  organizationId,
  nowMs,
  read,
}: Collection): Promise<FailingCall[]> {
  const server = askedServer(question);
  assertIsKept(question, nowMs);
  const { fromId, toId } = idsOf(question);
  const { agent, tool, client, requestId } = question.subject;
  const asked = requestId === null ? null : decodeId("req", requestId);
  const rows = await read(
    (sql) => sql<Failed[]>`
      select f.*, exists (
          select from console_log c where c.request_id = f.request_id and c.server_id = ${server.id}
            and c.organization_id = ${organizationId} and c.id >= ${fromId}
        ) as lines, u.upstream_calls, u.upstream_ms
      from (
        select id, request_id, tool, method, kind, outcome, http_status, rpc_error_code, error, duration_ms, agent_id,
          client_name
        from request_log
        where organization_id = ${organizationId} and server_id = ${server.id} and id >= ${fromId} and id < ${toId}
          and level >= 2 and ${isCaller(sql)}
          ${
            asked === null
              ? sql`${agent === null ? sql`` : sql`and (agent_id = ${agent.id} or agent_id is null)`}
                ${tool === null ? sql`` : sql`and (tool = ${tool} or tool is null)`}
                ${client === null ? sql`` : sql`and (client_name = ${client} or client_name is null)`}`
              : sql`and request_id = ${asked}`
          }
        order by id desc limit ${limits.incidents.failingCallsMax}
      ) f
      left join lateral (
        select count(*) as upstream_calls, sum(duration_ms)::float8 as upstream_ms from upstream_calls c
        where c.request_id = f.request_id and c.server_id = ${server.id} and c.organization_id = ${organizationId}
          and c.id >= ${fromId}
      ) u on true
      order by f.id desc`,
  );
  return rows.map((row) => {
    const lastHop = lastHopOf(row, server.kind === "hosted");
    const isUpstreamTime = server.kind !== "hosted" && lastHop === "upstream";
    return {
      requestId: encodeId("req", row.request_id),
      at: new Date(timeOfUuid7(row.id)).toISOString(),
      tool: cutNameOrNull(row.tool),
      method: cutNameOrNull(row.method),
      outcome: row.outcome,
      httpStatus: row.http_status,
      error: cutTextOrNull(row.error),
      lastHop,
      durationMs: row.duration_ms,
      upstreamMs: isUpstreamTime ? row.duration_ms : numberOrNull(row.upstream_ms),
      agentId: row.agent_id,
      client: cutNameOrNull(row.client_name),
    };
  });
}

const TURNED_AWAY = ["auth_denied", "grant_denied", "rate_limited", "budget_denied", "credit_denied"];

/** The last hop that left a trace of the call, or answered it. What nothing proves counts as the gateway. */
export function lastHopOf(
  row: Pick<Failed, "outcome" | "kind" | "rpc_error_code" | "error" | "lines" | "upstream_calls">,
  isHosted: boolean,
): FailingCall["lastHop"] {
  if (TURNED_AWAY.includes(row.outcome) || row.kind === "invalid") return "gateway";
  const hasAnswered =
    row.outcome === "tool_error" ||
    (row.outcome === "protocol_error" && row.rpc_error_code !== null) ||
    /\bHTTP \d{3}\b/.test(row.error ?? "");
  if (!isHosted) return hasAnswered ? "upstream" : "gateway";
  if (Number(row.upstream_calls) > 0) return "upstream";
  return hasAnswered || row.lines ? "runtime" : "gateway";
}
