import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { gatewayServers, gateways, serverTools, serverVersions } from "#drizzle/schema/index.ts";
import {
  CheckStatus,
  DirectAccess,
  RetentionDays,
  type Server,
  ServerKind,
  ServerStatus,
} from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { CommandCtx } from "../access/index.ts";
import { userNames } from "./actor-names.ts";
import type { ServerRow } from "./server-row.ts";

type DescribeCtx = Pick<CommandCtx, "db" | "doors" | "organization">;

/** One row as the wire shows it. */
export async function describeServer(ctx: DescribeCtx, row: ServerRow): Promise<Server> {
  const [server] = await describeServers(ctx, [row]);
  if (!server) throw new Error("describing one server answered none");
  return server;
}

/** Rows of one organization as the wire shows them, in the same order; five statements however many there are. */
export async function describeServers(ctx: DescribeCtx, rows: readonly ServerRow[]): Promise<Server[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [versions, attached, toolCounts, smokes, owners] = await Promise.all([
    activeVersions(ctx.db, ctx.organization.id, rows),
    gatewaysOf(ctx.db, ctx.organization.id, ids),
    toolCountsOf(ctx.db, ctx.organization.id, ids),
    lastSmokes(ctx.db, ctx.organization.id, ids),
    userNames(
      ctx.db,
      rows.map((row) => row.createdBy),
    ),
  ]);
  return rows.map((row) => {
    const gateway = attached.get(row.id) ?? null;
    const semver = row.activeVersionId === null ? undefined : versions.get(row.activeVersionId);
    return {
      id: row.id,
      slug: row.slug,
      name: row.name,
      description: row.description,
      kind: ServerKind.parse(row.kind),
      status: ServerStatus.parse(row.status),
      transport: "streamable-http",
      mcpUrl: gateway === null ? ctx.doors.mcpUrl(row.slug) : ctx.doors.gatewayUrl(gateway.publicId),
      directUrl: ctx.doors.mcpUrl(row.slug),
      gateway,
      directAccess: DirectAccess.parse(row.directAccess),
      retentionDays: RetentionDays.parse(row.retentionDays),
      recordBodies: row.recordBodies,
      upstreamUrl: row.upstreamUrl,
      activeVersion:
        row.activeVersionId === null || semver === undefined
          ? null
          : {
              id: row.activeVersionId,
              semver,
              publishedAt: (row.publishedAt ?? row.updatedAt).toISOString(),
            },
      toolCount: toolCounts.get(row.id) ?? null,
      lastSmoke: smokes.get(row.id) ?? null,
      owner: row.createdBy === null ? null : (owners.get(row.createdBy) ?? null),
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  });
}

/** The gateway that fronts each server, if any. */
async function gatewaysOf(
  db: Db,
  organizationId: string,
  serverIds: readonly string[],
): Promise<Map<string, NonNullable<Server["gateway"]>>> {
  const found = await db
    .select({
      serverId: gatewayServers.serverId,
      publicId: gatewayServers.publicId,
      id: gateways.id,
      name: gateways.name,
    })
    .from(gatewayServers)
    .innerJoin(
      gateways,
      and(
        eq(gateways.organizationId, gatewayServers.organizationId),
        eq(gateways.id, gatewayServers.gatewayId),
      ),
    )
    .where(
      and(
        eq(gatewayServers.organizationId, organizationId),
        inArray(gatewayServers.serverId, [...serverIds]),
        isNull(gateways.deletedAt),
      ),
    );
  return new Map(found.map(({ serverId, ...gateway }) => [serverId, gateway]));
}

async function activeVersions(
  db: Db,
  organizationId: string,
  rows: readonly ServerRow[],
): Promise<Map<string, string>> {
  const ids = rows.flatMap((row) => (row.activeVersionId === null ? [] : [row.activeVersionId]));
  if (ids.length === 0) return new Map();
  const found = await db
    .select({ id: serverVersions.id, semver: serverVersions.semver })
    .from(serverVersions)
    .where(and(eq(serverVersions.organizationId, organizationId), inArray(serverVersions.id, ids)));
  return new Map(found.map((version) => [version.id, version.semver]));
}

async function toolCountsOf(
  db: Db,
  organizationId: string,
  serverIds: readonly string[],
): Promise<Map<string, number>> {
  const found = await db
    .select({ serverId: serverTools.serverId, toolCount: serverTools.toolCount })
    .from(serverTools)
    .where(
      and(eq(serverTools.organizationId, organizationId), inArray(serverTools.serverId, [...serverIds])),
    );
  return new Map(found.map((row) => [row.serverId, row.toolCount]));
}

interface SmokeRow extends Record<string, unknown> {
  server_id: string;
  id: string;
  status: string;
  tool_count: number | null;
  error: string | null;
  checked_at: string;
}

/** One index lookup per server, however many checks it has. */
async function lastSmokes(
  db: Db,
  organizationId: string,
  serverIds: readonly string[],
): Promise<Map<string, NonNullable<Server["lastSmoke"]>>> {
  const rows = await db.execute<SmokeRow>(sql`
    select wanted.server_id, last.id, last.status, last.tool_count, last.error,
      to_char(last.checked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as checked_at
    from unnest(${sql.param([...serverIds])}::text[]) as wanted(server_id)
    cross join lateral (
      select id, status, tool_count, error, checked_at from check_runs
      where server_id = wanted.server_id and organization_id = ${organizationId} and kind = 'tools-list'
      order by id desc limit 1
    ) last`);
  return new Map(
    rows.map((row) => [
      row.server_id,
      {
        id: row.id,
        status: CheckStatus.parse(row.status),
        at: row.checked_at,
        toolCount: row.tool_count,
        error: row.error,
      },
    ]),
  );
}
