import type { DecisionEvidence, Evidence, UnlistedTool } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { denialsOf } from "./denials.ts";
import { failuresOfKind } from "./failures.ts";
import { isPerhapsUnknown, neverOffered, unlistedTools } from "./tool-lists.ts";

/** Tools that callers wanted and that the server does not offer any more, by what both tool lists say, or those of long ago. */
export function wantedRemovedTools(evidence: Evidence): string[] {
  const failed = failuresOfKind(evidence, "unknown_tool").flatMap((failure) => failure.tool ?? []);
  const { tool } = evidence.subject;
  const wanted = new Set([
    ...(tool === null ? [] : [tool]),
    ...(valueIn(evidence.budget.calls)?.unknownTools ?? []),
    ...failed,
  ]);
  const removed = (valueIn(evidence.smoke.tools)?.removed ?? []).filter((name) => wanted.has(name));
  const ofLongAgo = unlistedTools(evidence).filter(
    (one) => one.lastOfferedAt !== null && (failed.includes(one.tool) || one.tool === tool),
  );
  return [...new Set([...removed, ...ofLongAgo.map((one) => one.tool)])].sort();
}

/** Tools that callers want and that the server has never had: their calls fail, or are turned away for want of a grant. */
export function wantedUnknownTools(evidence: Evidence): UnlistedTool[] {
  const failed = new Set(failuresOfKind(evidence, "unknown_tool").flatMap(({ tool }) => tool ?? []));
  const isDenied = denialsOf(evidence, "tool_not_granted").length > 0;
  const { tool: asked } = evidence.subject;
  return neverOffered(evidence).filter(
    ({ tool, denied }) => tool === asked || failed.has(tool) || (isDenied && denied > 0),
  );
}

/** Tool calls that no grant allows, but for those of tools that the server has never had: no grant would help them. */
export const deniedForGrant = (evidence: Evidence): DecisionEvidence[] => {
  const unknown = neverOffered(evidence).reduce((sum, { denied }) => sum + denied, 0);
  const isRead = valueIn(evidence.logs.unlistedTools) !== null;
  return denialsOf(evidence, "tool_not_granted").filter(({ reason, count, examples }) => {
    if (reason !== "grant_missing_for_tool") return true;
    if (isRead) return 2 * unknown < count;
    return examples.some(({ tool }) => tool === null || !isPerhapsUnknown(evidence, tool));
  });
};

/** Whether the agent has not listed its tools since they changed; null when that is not known. */
export function hasOldList(evidence: Evidence): boolean | null {
  const calls = valueIn(evidence.budget.calls);
  const list = valueIn(evidence.smoke.tools);
  if (calls === null || list === null || list.changedAt === null || calls.calls === 0) return null;
  return calls.lastListAt === null || calls.lastListAt < list.changedAt;
}

/** Effective tools that are kept from the agent for a reason and that it is asked about; all of them when it has none. */
export function toolsKeptFor(evidence: Evidence, reasons: readonly string[]): string[] {
  const tools = valueIn(evidence.budget.tools) ?? [];
  const { tool: asked } = evidence.subject;
  const kept = tools.filter(({ isAllowed, reason }) => !isAllowed && reasons.includes(reason));
  const isAboutAll = tools.length > 0 && tools.every(({ isAllowed }) => !isAllowed);
  return kept
    .filter(({ tool }) => isAboutAll || (asked !== null && (tool === asked || tool === null)))
    .map(({ tool }) => tool ?? "every tool");
}
