import { and, asc, eq } from "drizzle-orm";
import { toolSnapshots } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { compareTools, type ToolChanges } from "./compare-tools.ts";
import { loadSnapshot } from "./tool-snapshots.ts";

/** A tool list as it was at a moment, and as it was seen last. */
export interface ToolListChange extends ToolChanges {
  current: { toolCount: number; sha256: string; seenAt: Date } | null;
  /** Null when nothing else was seen. */
  before: { toolCount: number; sha256: string; lastSeenAt: Date } | null;
  /** When it was first seen to differ. */
  changedAt: Date | null;
}

const UNCHANGED = { before: null, changedAt: null, added: [], removed: [], changed: [] };

/**
 * How the tools of a server differ from those that it had at `sinceMs`, or, when nobody had looked by then, from the first that
 * were seen. Versions that list the same tools are no difference.
 */
export async function toolListChange(
  db: Db,
  server: { organizationId: string; id: string },
  sinceMs: number,
): Promise<ToolListChange> {
  const seen = await db
    .select({
      id: toolSnapshots.id,
      toolCount: toolSnapshots.toolCount,
      sha256: toolSnapshots.sha256,
      seenAt: toolSnapshots.seenAt,
      lastSeenAt: toolSnapshots.lastSeenAt,
    })
    .from(toolSnapshots)
    .where(
      and(eq(toolSnapshots.organizationId, server.organizationId), eq(toolSnapshots.serverId, server.id)),
    )
    .orderBy(asc(toolSnapshots.id))
    .limit(limits.checks.snapshotsPerServerMax);
  const newest = seen.at(-1);
  if (!newest) return { current: null, ...UNCHANGED };
  const current = { toolCount: newest.toolCount, sha256: newest.sha256, seenAt: newest.lastSeenAt };
  const earlier = seen.findLast(({ seenAt }) => seenAt.getTime() <= sinceMs) ?? seen[0];
  if (!earlier || earlier.sha256 === newest.sha256) return { current, ...UNCHANGED };
  const [before, after] = await Promise.all(
    [earlier, newest].map(({ id }) => loadSnapshot(db, server.organizationId, id)),
  );
  const firstOther = seen.slice(seen.indexOf(earlier)).find(({ sha256 }) => sha256 !== earlier.sha256);
  return {
    current,
    before: { toolCount: earlier.toolCount, sha256: earlier.sha256, lastSeenAt: earlier.lastSeenAt },
    changedAt: firstOther?.seenAt ?? newest.seenAt,
    ...compareTools(before?.tools ?? [], after?.tools ?? []),
  };
}
