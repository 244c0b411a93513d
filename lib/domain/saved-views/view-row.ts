import { and, eq, or } from "drizzle-orm";
import { savedViews } from "#drizzle/schema/index.ts";
import { SavedView } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { actorKey, type Ctx } from "../access/index.ts";
import { actorNames, userIdOf } from "../servers/index.ts";

export type SavedViewRow = typeof savedViews.$inferSelect;

/** Who a view belongs to: the person, also when a token of theirs acts. */
export function viewerKey({ actor }: Pick<Ctx, "actor">): string {
  const userId = userIdOf(actor);
  return userId === null ? actorKey(actor) : `user:${userId}`;
}

/** Own views, and those that somebody shared. */
export const isSeen = (ctx: Pick<Ctx, "actor">) =>
  or(eq(savedViews.isShared, true), eq(savedViews.createdBy, viewerKey(ctx)));

/** Own ones; who manages members also those that others shared, since people leave. */
export const mayDelete = (
  ctx: Pick<Ctx, "actor" | "scopes">,
  row: Pick<SavedViewRow, "createdBy" | "isShared">,
): boolean => row.createdBy === viewerKey(ctx) || (row.isShared && ctx.scopes.has("members:write"));

export const ofServer = (organizationId: string, serverId: string) =>
  and(eq(savedViews.organizationId, organizationId), eq(savedViews.serverId, serverId));

/** The wire form of stored views. */
export async function describeViews(
  db: Db,
  ctx: Pick<Ctx, "actor" | "scopes">,
  rows: readonly SavedViewRow[],
): Promise<SavedView[]> {
  const names = await actorNames(
    db,
    rows.map(({ createdBy }) => createdBy),
  );
  return rows.map((row) => ({
    id: row.id,
    log: SavedView.shape.log.parse(row.log),
    name: row.name,
    query: row.query,
    isShared: row.isShared,
    createdBy: names.get(row.createdBy) ?? "a former member",
    isMine: row.createdBy === viewerKey(ctx),
    mayDelete: mayDelete(ctx, row),
    createdAt: row.createdAt.toISOString(),
  }));
}
