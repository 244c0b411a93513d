import type { z } from "zod";
import type { DiagnoseInput, Evidence } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { decodeId, encodeId, isId, isUuid, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../access/index.ts";
import { cutName, cutNameOrNull, isoOrNull } from "./collect/evidence-text.ts";
import type { Question } from "./question.ts";

const { windowMsDefault, futureMsMax } = limits.incidents;
const DAY_MS = 24 * 3_600_000;
/** How long ago a server or an agent may have been deleted and still be asked about. */
const DELETED_MS_MAX = limits.servers.slugCoolingOffMs;

type Asked = z.output<typeof DiagnoseInput>;
type Subject = Evidence["subject"];
type AskedServer = NonNullable<Subject["server"]>;

/**
 * What is asked, with every name resolved inside the organization: a server by id or slug, also one that was deleted lately;
 * an agent by id or name. A call that is named fills in what is not: its server, agent, tool, client and time. Throws
 * `not_found` for names that mean nothing here, a stranger's included, and `invalid_input` for times that cannot be looked at.
 */
export async function ask(
  ctx: Pick<Ctx, "database" | "clock" | "organization">,
  input: Asked,
): Promise<Question> {
  const nowMs = ctx.clock.nowMs();
  const { sql } = ctx.database;
  const organizationId = ctx.organization.id;
  const named =
    input.server === undefined ? null : await findServer(sql, organizationId, input.server, nowMs);
  if (input.server !== undefined && named === null) throw notFound("server");
  const call = input.requestId === undefined ? null : await findCall(sql, organizationId, input.requestId);
  if (call === null && input.requestId !== undefined && !isForgotten(input.requestId, named, nowMs))
    throw notFound("request");
  if (call && named && call.serverId !== named.id)
    throw invalid("requestId", "other_server", "This call went to another server. Leave the server out.");
  const times = timesOf(input, call?.atMs ?? null, nowMs);
  const server = named ?? (call && (await findServer(sql, organizationId, call.serverId, nowMs)));
  if (call && server === null) throw notFound("request");
  const agentRef = input.agent ?? call?.agentId ?? null;
  const agent = agentRef === null ? null : await findAgent(sql, organizationId, agentRef, nowMs);
  if (input.agent !== undefined && agent === null) throw notFound("agent");
  return {
    subject: {
      organizationId,
      organizationSlug: ctx.organization.slug,
      server,
      agent,
      tool: cutNameOrNull(input.tool ?? call?.tool ?? null),
      client: cutNameOrNull(input.client ?? call?.client ?? null),
      requestId: wireRequestId(input.requestId),
    },
    symptom: input.symptom ?? null,
    ...times,
    probe: input.probe,
  };
}

/** The moment and its windows. The window of a moment in the past ends a tenth of its length later, never beyond now. */
function timesOf(
  { at, windowMs = windowMsDefault }: Asked,
  callAtMs: number | null,
  nowMs: number,
): Pick<Question, "atMs" | "window" | "before"> {
  const askedMs = at === undefined ? callAtMs : Date.parse(at);
  if (askedMs !== null && askedMs > nowMs + futureMsMax)
    throw invalid(
      "at",
      "in_future",
      "This moment is in the future. Give one that has passed, or leave it out.",
    );
  const atMs = Math.min(askedMs ?? nowMs, nowMs);
  // What happens at this very moment is inside.
  const toMs = Math.min(nowMs + 1, askedMs === null ? nowMs + 1 : atMs + Math.ceil(windowMs / 10));
  const fromMs = toMs - windowMs;
  if (fromMs - windowMs < 0)
    throw invalid("at", "too_long_ago", "This moment is too long ago. Give one that this server has seen.");
  return { atMs, window: { fromMs, toMs }, before: { fromMs: fromMs - windowMs, toMs: fromMs } };
}

interface AskedCall {
  serverId: string;
  agentId: string | null;
  tool: string | null;
  client: string | null;
  atMs: number;
}

const uuidOf = (requestId: string): string | null =>
  isUuid(requestId) ? requestId : decodeId("req", requestId);

function wireRequestId(requestId: string | undefined): string | null {
  const uuid = requestId === undefined ? null : uuidOf(requestId);
  return uuid === null ? null : encodeId("req", uuid);
}

/** Whether the server's history no longer reaches back to the call: an old incident is still about it. */
function isForgotten(requestId: string, server: AskedServer | null, nowMs: number): boolean {
  const uuid = uuidOf(requestId);
  if (uuid === null || server === null) return false;
  return timeOfUuid7(uuid) < nowMs - server.retentionDays * DAY_MS;
}

/** The call with this id: of several messages of one exchange, what went wrong. */
async function findCall(sql: Reader, organizationId: string, requestId: string): Promise<AskedCall | null> {
  const uuid = uuidOf(requestId);
  if (uuid === null) return null;
  const [row] = await sql<
    {
      id: string;
      server_id: string;
      agent_id: string | null;
      tool: string | null;
      client_name: string | null;
    }[]
  >`
    select id, server_id, agent_id, tool, client_name from request_log
    where organization_id = ${organizationId} and request_id = ${uuid} order by level desc, id limit 1`;
  if (!row) return null;
  return {
    serverId: row.server_id,
    agentId: row.agent_id,
    tool: row.tool,
    client: row.client_name,
    atMs: timeOfUuid7(row.id),
  };
}

interface ServerFound {
  id: string;
  slug: string;
  name: string;
  kind: string;
  status: string;
  semver: string | null;
  published_at: string | null;
  direct_access: string;
  retention_days: number;
  upstream_url: string | null;
  is_deleted: boolean;
}

async function findServer(
  sql: Reader,
  organizationId: string,
  ref: string,
  nowMs: number,
): Promise<AskedServer | null> {
  const [row] = await sql<ServerFound[]>`
    select s.id, s.slug, s.name, s.kind, s.status, v.semver, s.published_at, s.direct_access, s.retention_days,
      s.upstream_url, s.deleted_at is not null as is_deleted
    from servers s
    left join server_versions v on v.organization_id = s.organization_id and v.id = s.active_version_id
    where s.organization_id = ${organizationId} and ${isId("srv", ref) ? sql`s.id = ${ref}` : sql`s.slug = ${ref}`}
      and (s.deleted_at is null or s.deleted_at > ${new Date(nowMs - DELETED_MS_MAX).toISOString()}::timestamptz)
    order by s.deleted_at desc nulls first limit 1`;
  if (!row) return null;
  return {
    id: row.id,
    slug: row.slug,
    name: cutName(row.name),
    kind: row.kind,
    status: row.status,
    version: row.semver,
    publishedAt: isoOrNull(row.published_at),
    directAccess: row.direct_access,
    retentionDays: row.retention_days,
    upstreamUrl: withoutSecrets(row.upstream_url),
    isDeleted: row.is_deleted,
  };
}

async function findAgent(
  sql: Reader,
  organizationId: string,
  ref: string,
  nowMs: number,
): Promise<Subject["agent"]> {
  const [row] = await sql<{ id: string; name: string }[]>`
    select id, name from agents
    where organization_id = ${organizationId} and ${isId("agt", ref) ? sql`id = ${ref}` : sql`lower(name) = lower(${ref})`}
      and (deleted_at is null or deleted_at > ${new Date(nowMs - DELETED_MS_MAX).toISOString()}::timestamptz)
    order by deleted_at desc nulls first limit 1`;
  return row ? { id: row.id, name: cutName(row.name) } : null;
}

/** Some people put tokens into the query of a URL. */
function withoutSecrets(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  const { origin, pathname } = new URL(url);
  return cutName(`${origin}${pathname}`);
}

const invalid = (path: string, code: string, message: string): DomainError =>
  new DomainError("invalid_input", message, { errors: [{ path, code, message }] });
