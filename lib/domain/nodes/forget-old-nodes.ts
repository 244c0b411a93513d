import { lt } from "drizzle-orm";
import { edgeNodes } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

/** Removes edges that have not lived for `limits.nodes.forgetMs`. Answers how many. */
export async function forgetOldNodes({
  database,
  clock,
}: Pick<System, "database" | "clock">): Promise<number> {
  const forgotten = await database.db
    .delete(edgeNodes)
    .where(lt(edgeNodes.heartbeatAt, new Date(clock.nowMs() - limits.nodes.forgetMs)))
    .returning({ node: edgeNodes.node });
  return forgotten.length;
}
