import type { ChangeEvidence, Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { type Failure, failuresOf } from "./failures.ts";
import { isBeforeKept } from "./kept.ts";
import { isPerhapsUnknown } from "./tool-lists.ts";

const DEPLOYMENTS: ReadonlySet<string> = new Set(["publish", "rollback"]);
/** Changes of what a server or its door is, other than which version serves. */
const CONFIGURATION =
  /^(?:server\.(?:update|updateConfig)|gateway\.update|gateway\.attach|gateway\.detach|grant\.(?:update|delete)|plan\.change)$/;

export const deploymentsOf = (evidence: Evidence): ChangeEvidence[] =>
  (valueIn(evidence.hosting.changes) ?? []).filter(
    ({ kind, action, state }) => kind === "operation" && DEPLOYMENTS.has(action) && state === "succeeded",
  );
/** Settings that no call depends on. */
const HARMLESS: ReadonlySet<string> = new Set([
  "name",
  "description",
  "recordBodies",
  "retentionDays",
  "checks",
  "updatedAt",
]);
export const configurationsOf = (evidence: Evidence): ChangeEvidence[] =>
  (valueIn(evidence.hosting.changes) ?? []).filter(
    ({ kind, action, detail }) =>
      kind === "audit" &&
      CONFIGURATION.test(action) &&
      (detail === "" || !detail.split(", ").every((name) => HARMLESS.has(name))),
  );

/** Failures of callers that began after the change and soon, and that were not there before. */
const SOON_MS = 20 * 60_000;
export function beganAfter(evidence: Evidence, change: ChangeEvidence): Failure[] {
  const atMs = Date.parse(change.at);
  // Of what went on before the change nothing is known any more.
  if (!isBeforeKept(evidence)) return [];
  // What a server has never had no change of it took away.
  const calls = failuresOf(evidence).filter(
    ({ from, tool }) => from === "calls" && (tool === null || !isPerhapsUnknown(evidence, tool)),
  );
  const after = calls.filter(({ firstAt, count, countBefore }) => {
    const firstMs = Date.parse(firstAt);
    return firstMs >= atMs && firstMs - atMs <= SOON_MS && countBefore * 10 <= count;
  });
  // When most of what fails failed already, the change is no cause of it.
  const total = calls.reduce((sum, { count }) => sum + count, 0);
  const began = after.reduce((sum, { count }) => sum + count, 0);
  return began * 2 >= total ? after : [];
}

/** The newest change of them after which failures began. */
export function changeBefore(
  evidence: Evidence,
  changes: readonly ChangeEvidence[],
): { change: ChangeEvidence; failures: Failure[] } | null {
  const newest = [...changes].sort((a, b) => (a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1));
  for (const change of newest) {
    const failures = beganAfter(evidence, change);
    if (failures.length > 0) return { change, failures };
  }
  return null;
}
