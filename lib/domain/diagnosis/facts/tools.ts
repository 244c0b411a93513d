import type { Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { failuresOfKind } from "./failures.ts";

/** Tools that callers wanted and that the server does not offer any more, by what both tool lists say. */
export function wantedRemovedTools(evidence: Evidence): string[] {
  const list = valueIn(evidence.smoke.tools);
  if (list === null) return [];
  const { tool } = evidence.subject;
  const wanted = new Set([
    ...(tool === null ? [] : [tool]),
    ...(valueIn(evidence.budget.calls)?.unknownTools ?? []),
    ...failuresOfKind(evidence, "unknown_tool").flatMap((failure) => failure.tool ?? []),
  ]);
  return list.removed.filter((name) => wanted.has(name)).sort();
}

/** Whether the agent has not listed its tools since they changed; null when that is not known. */
export function hasOldList(evidence: Evidence): boolean | null {
  const calls = valueIn(evidence.budget.calls);
  const list = valueIn(evidence.smoke.tools);
  if (calls === null || list === null || list.changedAt === null || calls.calls === 0) return null;
  return calls.lastListAt === null || calls.lastListAt < list.changedAt;
}

/** Tools that the server offers, as a fresh probe saw them; null without one. */
export function offeredTools(evidence: Evidence): ReadonlySet<string> | null {
  for (const era of ["modern", "legacy"] as const) {
    const probe = valueIn(evidence.smoke[era]);
    if (probe?.status === "passed") return new Set(probe.tools);
  }
  return null;
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
