import type { z } from "zod";
import type { DiagnoseInput, Evidence } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { decodeId, isId, isUuid, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../access/index.ts";
import { cutName, cutNameOrNull, isoOrNull } from "./collect/evidence-text.ts";
import type { Question } from "./question.ts";

const { windowMsDefault, futureMsMax } = limits.incidents;
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
  const call = input.requestId === undefined ? null : await findCall(sql, organizationId, input.requestId);
  const times = timesOf(input, call?.atMs ?? null, nowMs);
  const serverRef = input.server ?? call?.serverId;
  const agentRef = input.agent ?? call?.agentId ?? undefined;
  const [server, agent] = await Promise.all([
    serverRef === undefined ? null : findServer(sql, organizationId, serverRef, nowMs),
    agentRef === undefined ? null : findAgent(sql, organizationId, agentRef, nowMs),
  ]);
  if (serverRef !== undefined && server === null) throw notFound("server");
  if (agentRef !== undefined && agent === null && input.agent !== undefined) throw notFound("agent");
  if (call && server && call.serverId !== server.id)
    throw invalid("requestId", "other_server", "This call went to another server. Leave the server out.");
  return {
    subject: {
      organizationId,
      organizationSlug: ctx.organization.slug,
      server,
      agent,
      tool: cutNameOrNull(input.tool ?? call?.tool ?? null),
      client: cutNameOrNull(input.client ?? call?.client ?? null),
      requestId: call?.requestId ?? null,
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
      "in_the_future",
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
  requestId: string;
  serverId: string;
  agentId: string | null;
  tool: string | null;
  client: string | null;
  atMs: number;
}

/** The call with this id: of several messages of one exchange, what went wrong. Throws `not_found`. */
async function findCall(sql: Reader, organizationId: string, requestId: string): Promise<AskedCall> {
  const uuid = isUuid(requestId) ? requestId : decodeId("req", requestId);
  if (uuid === null) throw notFound("request");
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
  if (!row) throw notFound("request");
  return {
    requestId,
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
