import type { ISql } from "postgres";
import type { ClientReach } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { climb, type Mark, type Step, type StepCount } from "./climb.ts";

const { rowsReadMax, clientsMax } = limits.incidents;

interface ReachInput {
  readonly organizationId: string;
  readonly serverId: string;
  /** Epoch milliseconds, half-open. */
  readonly window: { readonly fromMs: number; readonly toMs: number };
  /** Only this client or agent, and callers that were turned away before they said who they are: it may be among them. */
  readonly client?: string | null | undefined;
  readonly agentId?: string | null | undefined;
}

interface Row {
  client: string;
  principal: string | null;
  agent_id: string | null;
  door: ClientReach["door"];
  modern: boolean;
  legacy: boolean;
  steps: {
    step: Step;
    count: number;
    decided: number;
    last: string;
    lastOk: string | null;
    lastFailed: string | null;
  }[];
}

/**
 * How far each caller of a server came in a window, from what is stored: those heard of last first, at most
 * `limits.incidents.clientsMax`, out of the newest `limits.incidents.rowsReadMax` messages. Our own checks are no callers.
 */
export async function reachOf(sql: ISql, input: ReachInput): Promise<ClientReach[]> {
  const [callers, takesTokens] = await Promise.all([readCallers(sql, input), readsTokens(sql, input)]);
  const marks = await readMarks(sql, input.organizationId, callers);
  return callers.map(({ client, principal, agent_id, door, modern, legacy, steps }) =>
    climb(
      { client, principal, agentId: agent_id, door, eras: { modern, legacy } },
      steps.flatMap((step): StepCount[] => {
        const last = marks.get(step.last);
        if (!last) return [];
        return [
          {
            step: step.step,
            count: step.count,
            decided: step.decided,
            last,
            lastOk: marks.get(step.lastOk ?? "") ?? null,
            lastFailed: marks.get(step.lastFailed ?? "") ?? null,
          },
        ];
      }),
      takesTokens,
    ),
  );
}

/**
 * Messages by caller and step, grouped as one value: it is hashed where five columns would be sorted. Ids as text, byte by
 * byte: UUIDv7 sort by time, and not every PostgreSQL has a `max` of a uuid.
 */
async function readCallers(
  sql: ISql,
  { organizationId, serverId, window, client, agentId }: ReachInput,
): Promise<readonly Row[]> {
  const ofClient = client == null ? sql`` : sql`and (client_name = ${client} or ${unnamed(sql)})`;
  const ofAgent = agentId == null ? sql`` : sql`and (agent_id = ${agentId} or ${unnamed(sql)})`;
  return sql<Row[]>`
    with read as (
      select id::text collate "C" as id, era, decision, outcome, source, client_name, agent_id,
        array[coalesce(client_name, ''), principal, agent_id,
          case when gateway_id is null then 'direct' else 'gateway' end,
          case when outcome = 'auth_denied' and decision = 'credentials_missing' then 'asked'
            when outcome = 'auth_denied' then 'refused'
            when kind = 'request' and method in ('initialize', 'server/discover') then 'initialize'
            when kind = 'request' and method in ('tools/list', 'tools/call') then method
            else 'admitted' end] as step
      from request_log
      where organization_id = ${organizationId} and server_id = ${serverId}
        and id >= ${uuid7Floor(window.fromMs)}::uuid and id < ${uuid7Floor(window.toMs)}::uuid
      order by request_log.id desc limit ${rowsReadMax}
    ), counted as (
      select step, count(*)::int as count,
        (count(*) filter (where decision is not null and outcome <> 'auth_denied'))::int as decided,
        coalesce(bool_or(era = 'modern'), false) as modern, coalesce(bool_or(era = 'legacy'), false) as legacy,
        max(id) as last, max(id) filter (where outcome = 'ok') as last_ok,
        max(id) filter (where outcome not in ('ok', 'canceled')) as last_failed
      from read where source in ('agent', 'embed', 'external') ${ofClient} ${ofAgent}
      group by step
    ), steps as (
      select step[1] as client, step[2] as principal, step[3] as agent_id, step[4] as door, step[5] as step,
        count, decided, modern, legacy, last, last_ok, last_failed
      from counted
    )
    select client, principal, agent_id, door, bool_or(modern) as modern, bool_or(legacy) as legacy,
      json_agg(json_build_object('step', step, 'count', count, 'decided', decided, 'last', last, 'lastOk', last_ok,
        'lastFailed', last_failed) order by step) as steps
    from steps group by 1, 2, 3, 4
    order by max(last) desc limit ${clientsMax}`;
}

const unnamed = (sql: ISql) => sql`(client_name is null and agent_id is null and outcome = 'auth_denied')`;

async function readsTokens(sql: ISql, { organizationId, serverId }: ReachInput): Promise<boolean> {
  const [row] = await sql<{ takes: boolean }[]>`
    select 'oauth' = any(w.access) as takes from gateway_servers s
    join gateways w on w.organization_id = s.organization_id and w.id = s.gateway_id and w.deleted_at is null
    where s.organization_id = ${organizationId} and s.server_id = ${serverId}`;
  return row?.takes ?? false;
}

/** When the rows were, which exchange they belong to, and why those failed that did. */
async function readMarks(
  sql: ISql,
  organizationId: string,
  callers: readonly Row[],
): Promise<ReadonlyMap<string, Mark & { reason: string }>> {
  const ids = new Set(
    callers.flatMap(({ steps }) =>
      steps.flatMap(({ last, lastOk, lastFailed }) => [last, lastOk, lastFailed].filter((id) => id !== null)),
    ),
  );
  if (ids.size === 0) return new Map();
  const rows = await sql<{ id: string; request_id: string; reason: string }[]>`
    select id, request_id,
      case when decision is null or decision = 'allowed' then outcome else decision end as reason
    from request_log where organization_id = ${organizationId} and id = any(${[...ids]}::uuid[])`;
  return new Map(
    rows.map(({ id, request_id, reason }) => [
      id,
      { atMs: timeOfUuid7(id), requestId: encodeId("req", request_id), reason },
    ]),
  );
}
