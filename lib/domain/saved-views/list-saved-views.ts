import { and, asc, sql } from "drizzle-orm";
import { savedViews } from "#drizzle/schema/index.ts";
import type { SavedView } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { describeViews, isSeen, ofServer } from "./view-row.ts";

/** The saved views of a server that the caller may see, by name: own ones and shared ones. */
export const listSavedViews = query({
  name: "savedView.list",
  scope: "logs:read",
  input: ServerRef,
  async run(ctx, { server }): Promise<SavedView[]> {
    const { db } = ctx.database;
    const { organizationId, id } = await getServerRow(db, ctx.organization.id, server);
    const rows = await db
      .select()
      .from(savedViews)
      .where(and(ofServer(organizationId, id), isSeen(ctx)))
      .orderBy(asc(sql`lower(${savedViews.name})`), asc(savedViews.id))
      .limit(limits.requests.savedViewsPerServerMax);
    return describeViews(db, ctx, rows);
  },
});
