import { createHash } from "node:crypto";
import { and, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { toolSnapshots } from "#drizzle/schema/index.ts";
import { Tool } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { CommandCtx } from "../access/index.ts";

/** The server whose tools were listed, with the version that listed them (null for a connected one). */
export interface ListedServer {
  id: string;
  activeVersionId: string | null;
}

type SnapshotRow = typeof toolSnapshots.$inferSelect;
/** One look at the tools of a server. */
export type ToolSnapshot = Pick<SnapshotRow, "versionId" | "toolCount" | "seenAt"> & { tools: Tool[] };

/**
 * Notes which tools a server had: a new row when they, or the version, differ from the row before, else the row before
 * was seen again. The order of the list is no difference. The oldest go when there are too many or too large ones; the
 * two newest always stay.
 */
export async function keepSnapshot(
  ctx: CommandCtx,
  server: ListedServer,
  seen: { tools: readonly Tool[]; seenAt: Date },
): Promise<void> {
  const tools = [...seen.tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const sha256 = createHash("sha256").update(canonicalJson(tools)).digest("hex");
  const [latest] = await ctx.db
    .select({ id: toolSnapshots.id, sha256: toolSnapshots.sha256, versionId: toolSnapshots.versionId })
    .from(toolSnapshots)
    .where(ofServer(ctx.organization.id, server.id))
    .orderBy(desc(toolSnapshots.id))
    .limit(1);
  if (latest?.sha256 === sha256 && latest.versionId === server.activeVersionId) {
    await ctx.db
      .update(toolSnapshots)
      .set({ lastSeenAt: seen.seenAt })
      .where(and(eq(toolSnapshots.organizationId, ctx.organization.id), eq(toolSnapshots.id, latest.id)));
    return;
  }
  await ctx.db.insert(toolSnapshots).values({
    organizationId: ctx.organization.id,
    id: ctx.ids.uuid(ctx.clock.nowMs()),
    serverId: server.id,
    versionId: server.activeVersionId,
    sha256,
    tools,
    toolCount: tools.length,
    seenAt: seen.seenAt,
    lastSeenAt: seen.seenAt,
  });
  await forgetOldest(ctx, server.id);
}

const ofServer = (organizationId: string, serverId: string) =>
  and(eq(toolSnapshots.organizationId, organizationId), eq(toolSnapshots.serverId, serverId));

async function forgetOldest(ctx: CommandCtx, serverId: string): Promise<void> {
  const { snapshotsPerServerMax, snapshotBytesPerServerMax } = limits.checks;
  await ctx.db.execute(sql`
    delete from tool_snapshots where organization_id = ${ctx.organization.id} and id in (
      select id from (
        select id, row_number() over newest as place, sum(pg_column_size(tools)) over newest as bytes
        from tool_snapshots
        where organization_id = ${ctx.organization.id} and server_id = ${serverId}
        window newest as (order by id desc)
      ) kept
      where place > 2 and (place > ${snapshotsPerServerMax} or bytes > ${snapshotBytesPerServerMax}))`);
}

const Tools = z.array(Tool);

/**
 * The newest snapshot of a server and the one to compare it with: the newest of another version, or, where there is
 * only one version or none, simply the one before. Null where there is none.
 */
export async function newestSnapshots(
  db: Db,
  server: { organizationId: string; id: string },
): Promise<{ current: ToolSnapshot | null; previous: ToolSnapshot | null }> {
  const newest = await db
    .select({ id: toolSnapshots.id, versionId: toolSnapshots.versionId })
    .from(toolSnapshots)
    .where(ofServer(server.organizationId, server.id))
    .orderBy(desc(toolSnapshots.id))
    .limit(limits.checks.snapshotsPerServerMax);
  const [first, second] = newest;
  const other = newest.find(({ versionId }) => versionId !== first?.versionId) ?? second;
  const [current, previous] = await Promise.all(
    [first, other].map((chosen) => (chosen ? loadSnapshot(db, server.organizationId, chosen.id) : null)),
  );
  return { current: current ?? null, previous: previous ?? null };
}

export async function loadSnapshot(db: Db, organizationId: string, id: string): Promise<ToolSnapshot | null> {
  const [row] = await db
    .select()
    .from(toolSnapshots)
    .where(and(eq(toolSnapshots.organizationId, organizationId), eq(toolSnapshots.id, id)));
  return row ? { ...row, tools: Tools.parse(row.tools) } : null;
}
