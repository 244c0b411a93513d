import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { serverTools } from "#drizzle/schema/index.ts";
import { Tool, type ToolList } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "./server-row.ts";

const StoredTools = z.array(Tool);

/** The tools as the last passed smoke saw them; none and `asOf` null before that. */
export const listTools = query({
  name: "server.tools",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }): Promise<ToolList> => {
    const db = ctx.database.db;
    const row = await getServerRow(db, ctx.organization.id, server);
    const [seen] = await db
      .select()
      .from(serverTools)
      .where(and(eq(serverTools.organizationId, row.organizationId), eq(serverTools.serverId, row.id)));
    if (!seen) return { tools: [], asOf: null };
    return { tools: StoredTools.parse(seen.tools), asOf: seen.seenAt.toISOString() };
  },
});
