import { and, eq } from "drizzle-orm";
import { edgeNodes } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

/** An edge as it makes itself known. */
export interface EdgeNode {
  node: string;
  region: string;
  /** Version of the product. */
  version: string;
  /** Where our other processes reach it: `unix:/path` or `http://host:port`. */
  controlAddress: string;
  /** Where callers reach this edge itself. */
  ownUrl: string;
  startedAtMs: number;
}

type Store = Pick<System, "database" | "clock">;

/**
 * Says that an edge lives; the first time, and again when its row was lost, it also makes it known. Safe to repeat.
 * Answers where another edge that uses the same name was reached lately, or null.
 */
export async function registerNode(store: Store, edge: EdgeNode): Promise<string | null> {
  const { database, clock } = store;
  const { startedAtMs, ...row } = edge;
  const [before] = await database.db.select().from(edgeNodes).where(eq(edgeNodes.node, edge.node));
  const now = {
    ...row,
    startedAt: new Date(startedAtMs),
    heartbeatAt: new Date(clock.nowMs()),
    stoppedAt: null,
  };
  await database.db.insert(edgeNodes).values(now).onConflictDoUpdate({ target: edgeNodes.node, set: now });
  const livesElsewhere =
    before !== undefined &&
    before.controlAddress !== edge.controlAddress &&
    before.stoppedAt === null &&
    clock.nowMs() - before.heartbeatAt.getTime() < 2 * limits.nodes.heartbeatMs;
  return livesElsewhere ? before.controlAddress : null;
}

/** Says that an edge ended in order. One that took over its name meanwhile is left alone. */
export async function stopNode({ database, clock }: Store, edge: EdgeNode): Promise<void> {
  await database.db
    .update(edgeNodes)
    .set({ stoppedAt: new Date(clock.nowMs()) })
    .where(and(eq(edgeNodes.node, edge.node), eq(edgeNodes.startedAt, new Date(edge.startedAtMs))));
}
