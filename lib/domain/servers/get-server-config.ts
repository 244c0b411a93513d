import { and, asc, eq } from "drizzle-orm";
import { serverEnvironment, serverUpstreamHeaders } from "#drizzle/schema/index.ts";
import { CheckPolicy, type ServerConfig } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef, type ServerRow } from "./server-row.ts";

/** The names of variables and upstream headers, in order, and the check policy. Values never leave the database this way. */
export async function describeConfig(db: Db, row: ServerRow): Promise<ServerConfig> {
  const [variables, headers] = await Promise.all([
    db
      .select({ name: serverEnvironment.name, updatedAt: serverEnvironment.updatedAt })
      .from(serverEnvironment)
      .where(
        and(eq(serverEnvironment.organizationId, row.organizationId), eq(serverEnvironment.serverId, row.id)),
      )
      .orderBy(asc(serverEnvironment.name)),
    db
      .select({ name: serverUpstreamHeaders.name, updatedAt: serverUpstreamHeaders.updatedAt })
      .from(serverUpstreamHeaders)
      .where(
        and(
          eq(serverUpstreamHeaders.organizationId, row.organizationId),
          eq(serverUpstreamHeaders.serverId, row.id),
        ),
      )
      .orderBy(asc(serverUpstreamHeaders.name)),
  ]);
  const named = ({ name, updatedAt }: { name: string; updatedAt: Date }) => ({
    name,
    updatedAt: updatedAt.toISOString(),
  });
  return {
    environment: variables.map(named),
    upstreamHeaders: headers.map(named),
    checks: CheckPolicy.parse(row.checkPolicy),
  };
}

export const getServerConfig = query({
  name: "server.config",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }) => {
    const db = ctx.database.db;
    return describeConfig(db, await getServerRow(db, ctx.organization.id, server));
  },
});
