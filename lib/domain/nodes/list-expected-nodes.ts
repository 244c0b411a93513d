import { and, asc, gt, isNull } from "drizzle-orm";
import { edgeNodes } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

/** An edge that should be there. */
interface ExpectedNode {
  node: string;
  region: string;
  controlAddress: string;
  ownUrl: string;
  /** Without a heartbeat for more than `limits.nodes.silentMs`. */
  isSilent: boolean;
}

/** The edges that did not end in order and lived within the last `limits.nodes.expectedMs`, by region and name. */
export async function listExpectedNodes({
  database,
  clock,
}: Pick<System, "database" | "clock">): Promise<ExpectedNode[]> {
  const nowMs = clock.nowMs();
  const rows = await database.db
    .select()
    .from(edgeNodes)
    .where(
      and(isNull(edgeNodes.stoppedAt), gt(edgeNodes.heartbeatAt, new Date(nowMs - limits.nodes.expectedMs))),
    )
    .orderBy(asc(edgeNodes.region), asc(edgeNodes.node))
    .limit(limits.nodes.max);
  return rows.map(({ node, region, controlAddress, ownUrl, heartbeatAt }) => ({
    node,
    region,
    controlAddress,
    ownUrl,
    isSilent: nowMs - heartbeatAt.getTime() > limits.nodes.silentMs,
  }));
}
