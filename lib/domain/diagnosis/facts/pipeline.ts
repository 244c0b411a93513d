import type { Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";

/** Whether lines are lost: on every edge that proved anything. One bad edge of several leaves logs of the others. */
export function isPipelineBroken(evidence: Evidence): boolean {
  const nodes = (valueIn(evidence.logs.pipeline) ?? []).filter(({ state }) => state !== "unknown");
  return nodes.length > 0 && nodes.every(({ state }) => state === "lost" || state === "stale");
}
