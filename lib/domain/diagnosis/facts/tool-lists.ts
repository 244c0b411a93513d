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
