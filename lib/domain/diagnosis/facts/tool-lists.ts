import type { Evidence, UnlistedTool } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";

/** Tools that the server offers, as a fresh probe saw them; null without one. */
export function offeredTools(evidence: Evidence): ReadonlySet<string> | null {
  for (const era of ["modern", "legacy"] as const) {
    const probe = valueIn(evidence.smoke[era]);
    if (probe?.status === "passed") return new Set(probe.tools);
  }
  return null;
}

/** Tools that callers want and that no list has any more, or ever had; what a fresh probe lists is none of them. */
export function unlistedTools(evidence: Evidence): UnlistedTool[] {
  const offered = offeredTools(evidence);
  return (valueIn(evidence.logs.unlistedTools) ?? []).filter(({ tool }) => offered?.has(tool) !== true);
}

/** Those of which no list was ever seen. */
export const neverOffered = (evidence: Evidence): UnlistedTool[] =>
  unlistedTools(evidence).filter(({ lastOfferedAt }) => lastOfferedAt === null);

/** Whether the server has never had the tool; where that was not read, whether it does not have it now, nor had it lately. */
export function isPerhapsUnknown(evidence: Evidence, tool: string): boolean {
  if (valueIn(evidence.logs.unlistedTools) !== null)
    return neverOffered(evidence).some((one) => one.tool === tool);
  const offered = offeredTools(evidence);
  const removed = valueIn(evidence.smoke.tools)?.removed ?? [];
  return offered !== null && !offered.has(tool) && !removed.includes(tool);
}
