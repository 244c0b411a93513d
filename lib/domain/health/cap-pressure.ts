import type { CapPressure, PlanCaps } from "#lib/contract/index.ts";
import type { Database } from "#lib/db/index.ts";

const DAY_MS = 86_400_000;

interface Peaks {
  duration_ms: number;
  request_bytes: string;
  response_bytes: string;
  late: string;
  large_requests: string;
  large_responses: string;
}

/**
 * How near the largest call of the last 24 hours came to each cap of the plan, and how many calls a cap ended. Counts
 * whole hours, the one in which the day began included.
 */
export async function capPressure(
  { sql }: Database,
  server: { organizationId: string; id: string },
  { toolCallDurationMsMax, requestBytesMax, responseBytesMax }: PlanCaps,
  nowMs: number,
): Promise<CapPressure[]> {
  const from = new Date(nowMs - DAY_MS).toISOString();
  // A body above its cap is refused before it is read, so that it is no request yet.
  const [peaks] = await sql<Peaks[]>`
    select coalesce(max(duration_ms_max) filter (where tool <> ''), 0)::float8 as duration_ms,
      coalesce(max(request_bytes_max), 0)::bigint as request_bytes,
      coalesce(max(response_bytes_max), 0)::bigint as response_bytes,
      coalesce(sum(calls) filter (where outcome = 'timeout'), 0)::bigint as late,
      coalesce(sum(calls) filter (where outcome = 'too_large' and kind = 'invalid'), 0)::bigint as large_requests,
      coalesce(sum(calls) filter (where outcome = 'too_large' and kind <> 'invalid'), 0)::bigint as large_responses
    from request_rollup
    where organization_id = ${server.organizationId} and server_id = ${server.id}
      and hour >= date_trunc('hour', ${from}::timestamptz)`;
  return [
    {
      cap: "toolCallDurationMs",
      max: toolCallDurationMsMax,
      peak24h: Math.round(peaks?.duration_ms ?? 0),
      exceeded24h: Number(peaks?.late ?? 0),
    },
    {
      cap: "requestBytes",
      max: requestBytesMax,
      peak24h: Number(peaks?.request_bytes ?? 0),
      exceeded24h: Number(peaks?.large_requests ?? 0),
    },
    {
      cap: "responseBytes",
      max: responseBytesMax,
      peak24h: Number(peaks?.response_bytes ?? 0),
      exceeded24h: Number(peaks?.large_responses ?? 0),
    },
  ];
}
