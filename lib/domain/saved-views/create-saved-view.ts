import { and, count, eq, sql } from "drizzle-orm";
import { savedViews } from "#drizzle/schema/index.ts";
import { CreateSavedView, type SavedView } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { checkViewQuery } from "./view-query.ts";
import { describeViews, ofServer, viewerKey } from "./view-row.ts";

const { savedViewsPerServerMax } = limits.requests;

/**
 * Keeps a filter under a name. Throws `invalid_input` for a query that the page of that log does not know, `conflict`
 * for a name that the caller has used for that log of the server, whatever the case, and `limit_reached`.
 */
export const createSavedView = command({
  name: "savedView.create",
  scope: "views:write",
  input: ServerRef.extend(CreateSavedView.shape),
  async run(
    ctx,
    { server, log, name, query, isShared },
  ): Promise<{
    value: SavedView;
    audit: { entity: string; entityId: string; after: object };
  }> {
    const kept = checkViewQuery(log, query);
    // The lock lets two writers take turns, so that neither bound nor name is passed by both.
    const row = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
    const createdBy = viewerKey(ctx);
    const ofThis = ofServer(row.organizationId, row.id);
    const [known] = await ctx.db.select({ views: count() }).from(savedViews).where(ofThis);
    if ((known?.views ?? 0) >= savedViewsPerServerMax)
      throw new DomainError(
        "limit_reached",
        `A server can have ${savedViewsPerServerMax} saved views. Delete one that is no longer needed.`,
      );
    const [taken] = await ctx.db
      .select({ id: savedViews.id })
      .from(savedViews)
      .where(
        and(
          ofThis,
          eq(savedViews.log, log),
          eq(savedViews.createdBy, createdBy),
          eq(sql`lower(${savedViews.name})`, sql`lower(${name})`),
        ),
      );
    if (taken)
      throw new DomainError(
        "conflict",
        `You have a view called ${JSON.stringify(name)} already. Choose another name.`,
        {
          retryable: false,
        },
      );
    const [inserted] = await ctx.db
      .insert(savedViews)
      .values({
        organizationId: row.organizationId,
        id: ctx.ids.id("view"),
        serverId: row.id,
        log,
        name,
        query: kept,
        isShared,
        createdBy,
        createdAt: new Date(ctx.clock.nowMs()),
      })
      .returning();
    const [value] = inserted ? await describeViews(ctx.db, ctx, [inserted]) : [];
    if (!value) throw new Error("inserting a saved view answered no row");
    return {
      value,
      audit: {
        entity: "savedView",
        entityId: value.id,
        after: { serverId: row.id, log, name, query: kept, isShared },
      },
    };
  },
});
