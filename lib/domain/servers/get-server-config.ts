import { and, asc, eq } from "drizzle-orm";
import { serverEnvironment } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef, type ServerRow } from "./server-row.ts";

/** The names of the environment variables, in order; values never leave the database this way. */
export async function describeConfig(
  db: Db,
  row: ServerRow,
): Promise<{ environment: { name: string; updatedAt: string }[] }> {
  const found = await db
    .select({ name: serverEnvironment.name, updatedAt: serverEnvironment.updatedAt })
    .from(serverEnvironment)
    .where(
      and(eq(serverEnvironment.organizationId, row.organizationId), eq(serverEnvironment.serverId, row.id)),
    )
    .orderBy(asc(serverEnvironment.name));
  return {
    environment: found.map(({ name, updatedAt }) => ({ name, updatedAt: updatedAt.toISOString() })),
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
