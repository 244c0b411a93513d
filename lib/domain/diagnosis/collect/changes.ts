import type { ChangeEvidence } from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { encodeId, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { actorNames } from "../../servers/index.ts";
import { cutName, cutText, cutTextOrNull, isoOf } from "./evidence-text.ts";
import type { Collection } from "./section.ts";
import { changesFromMs } from "./windows.ts";

const { changesMax } = limits.incidents;
/** Operations that began so long before may still end in the window. */
const OPERATION_MS_MAX = 30 * 60_000;

interface Change extends Omit<ChangeEvidence, "actor"> {
  actorKey: string;
}

/**
 * What was changed in the window or shortly before it, newest first: operations of the server, and what people did to it, its
 * gateway, the agent, their keys and grants, and the plan. Of a change only the names of what changed are told.
 */
export async function changesOf(collection: Collection): Promise<ChangeEvidence[]> {
  const [operations, records] = await Promise.all([operationsOf(collection), recordsOf(collection)]);
  const changes = [...operations, ...records]
    .sort((a, b) => (a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1))
    .slice(0, changesMax);
  const names = await actorNames(
    collection.ctx.database.db,
    changes.map(({ actorKey }) => actorKey),
  );
  return changes.map(({ actorKey, ...change }) => ({
    ...change,
    actor: cutName(names.get(actorKey) ?? actorKey),
  }));
}

async function operationsOf({ question, organizationId, read }: Collection): Promise<Change[]> {
  const { server } = question.subject;
  if (server === null) return [];
  const fromMs = changesFromMs(question);
  const rows = await read(
    (sql) => sql<
      {
        id: string;
        kind: string;
        state: string;
        actor: string;
        error: string | null;
        at: string;
        semver: string | null;
        previous: string | null;
      }[]
    >`
      select o.id, o.kind, o.state, o.actor, o.error, coalesce(o.switched_at, o.finished_at, o.created_at) as at,
        v.semver, p.semver as previous
      from operations o
      left join server_versions v on v.organization_id = o.organization_id and v.id = o.version_id
      left join server_versions p on p.organization_id = o.organization_id and p.id = o.previous_version_id
      where o.organization_id = ${organizationId} and o.server_id = ${server.id}
        and o.id >= ${encodeId("op", uuid7Floor(fromMs - OPERATION_MS_MAX))}
        and o.id < ${encodeId("op", uuid7Floor(question.window.toMs))}
        and coalesce(o.switched_at, o.finished_at, o.created_at) >= ${new Date(fromMs).toISOString()}::timestamptz
      order by o.id desc limit ${changesMax}`,
  );
  return rows.map((row) => ({
    id: row.id,
    kind: "operation",
    action: row.kind,
    entity: "server",
    entityId: server.id,
    actorKey: row.actor,
    at: isoOf(row.at),
    state: row.state,
    error: cutTextOrNull(row.error),
    detail: cutText(
      row.semver === null
        ? ""
        : row.previous === null || row.previous === row.semver
          ? `version ${row.semver}`
          : `version ${row.previous} to ${row.semver}`,
    ),
  }));
}

async function recordsOf({ question, organizationId, read }: Collection): Promise<Change[]> {
  const ids = [question.subject.server?.id, question.subject.agent?.id].filter((id) => id !== undefined);
  const serverId = question.subject.server?.id ?? "";
  const rows = await read(async (sql) => {
    const gateways = await sql<{ id: string }[]>`
      select gateway_id as id from gateway_servers
      where organization_id = ${organizationId} and server_id = ${serverId}`;
    const owners = [...ids, ...gateways.map(({ id }) => id)];
    const keys = await sql<{ id: string }[]>`
      select id from access_keys
      where organization_id = ${organizationId}
        and (gateway_id = any(${owners}) or server_id = any(${owners}) or agent_id = any(${owners}))
      order by id desc limit ${limits.gateways.listedMax}`;
    const about = [...owners, ...keys.map(({ id }) => id)];
    return sql<
      {
        id: string;
        actor: string;
        action: string;
        entity: string;
        entity_id: string | null;
        before: unknown;
        after: unknown;
        at: string;
      }[]
    >`
      select id, actor, action, entity, entity_id, before, after, at from audit_log
      where organization_id = ${organizationId}
        and id >= ${uuid7Floor(changesFromMs(question))} and id < ${uuid7Floor(question.window.toMs)}
        and (entity_id = any(${about}) or entity = 'plan'
          or coalesce(after->>'gatewayId', before->>'gatewayId') = any(${owners})
          or coalesce(after->>'serverId', before->>'serverId') = any(${owners})
          or coalesce(after->>'agentId', before->>'agentId') = any(${owners}))
        and action not like 'check.%' and action not like 'deployment.%' and action not like 'incident.%'
      order by id desc limit ${changesMax}`;
  });
  return rows.map((row) => ({
    id: encodeId("aud", row.id),
    kind: "audit",
    action: row.action,
    entity: row.entity,
    entityId: row.entity_id,
    actorKey: row.actor,
    at: isoOf(row.at),
    state: null,
    error: null,
    detail: cutText(changedNames(row.before, row.after)),
  }));
}

/** Settings of which the audit log keeps names: what they were set to is sealed. */
const NAMED = ["environment", "upstreamHeaders"];

/** The names of what differs, e.g. `upstreamUrl, environment: API_KEY`. Never a value. */
export function changedNames(before: unknown, after: unknown): string {
  const [old, now] = [recordOf(before), recordOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (name) => canonicalJson(old[name]) !== canonicalJson(now[name]),
  );
  return names
    .flatMap((name) => {
      if (!NAMED.includes(name)) return [name];
      const { set = [], removed = [] } = recordOf(now[name]) as { set?: unknown[]; removed?: unknown[] };
      const touched = [...set, ...removed].filter((item) => typeof item === "string");
      return touched.length === 0 ? [] : [`${name}: ${touched.join(", ")}`];
    })
    .join(", ");
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
