import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { savedViews } from "#drizzle/schema/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { isSeen, mayDelete, ofServer } from "./view-row.ts";

/** Deletes a view. Throws `not_found` for one that the caller does not see, `forbidden` for somebody else's. */
export const deleteSavedView = command({
  name: "savedView.delete",
  scope: "views:write",
  input: ServerRef.extend({ view: z.string().min(1).max(64) }),
  async run(ctx, { server, view }) {
    const { organizationId, id } = await getServerRow(ctx.db, ctx.organization.id, server);
    const [row] = await ctx.db
      .select()
      .from(savedViews)
      .where(and(ofServer(organizationId, id), eq(savedViews.id, view), isSeen(ctx)));
    if (!row) throw notFound("saved view");
    if (!mayDelete(ctx, row))
      throw new DomainError(
        "forbidden",
        "Somebody else saved this view. Only they, or an admin of the organization, can delete it.",
      );
    await ctx.db.delete(savedViews).where(and(ofServer(organizationId, id), eq(savedViews.id, row.id)));
    return {
      value: null,
      audit: {
        entity: "savedView",
        entityId: row.id,
        before: { serverId: id, log: row.log, name: row.name, query: row.query, isShared: row.isShared },
      },
    };
  },
});
