import type { DecisionEvidence, Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { isOfThePast } from "./past.ts";
import { clock, counted } from "./words.ts";

/** The agent's pause, unless it began after the window and turned nobody away in it. */
export function pauseInQuestion(evidence: Evidence, hasDenied: boolean) {
  const pause = valueIn(evidence.budget.agent)?.pause ?? null;
  const isLater = pause !== null && pause.at >= evidence.window.to && isOfThePast(evidence);
  return isLater && !hasDenied ? null : pause;
}

/** Where no agent is asked about, everybody is. */
export const isOfAsked = (
  { subject: { agent } }: Evidence,
  { examples, callers }: DecisionEvidence,
): boolean =>
  agent === null ||
  examples.some(({ agentId }) => agentId === agent.id) ||
  callers.some(({ caller }) => caller === `agent:${agent.id}`);

/**
 * Since when everybody who was turned away for these reasons is let through again: the agent that is asked about where it is one
 * of them, else all. Null when somebody is not, did not try, was let through all the time as well, or is not known.
 */
export function overSince(
  { subject: { agent } }: Evidence,
  denied: readonly DecisionEvidence[],
): string | null {
  const own = denied
    .flatMap(({ callers }) => callers)
    .filter(({ caller }) => caller === `agent:${agent?.id}`);
  const isKnown = denied.every(({ count, callers }) => sumOf(callers) >= count);
  const callers = own.length > 0 ? own : isKnown ? denied.flatMap((one) => one.callers) : [];
  const back = callers.flatMap(({ backAt, between }) => (between > 0 ? [] : (backAt ?? [])));
  return callers.length > 0 && back.length === callers.length ? (back.sort().at(-1) ?? null) : null;
}

/**
 * The same of one caller with a key, which cannot come back: the newer key with which the same client came in since, and when.
 */
export function replacedKey(
  evidence: Evidence,
  denied: readonly DecisionEvidence[],
): { name: string; at: string } | null {
  const callers = new Set(denied.flatMap((one) => one.callers.map(({ caller }) => caller)));
  if (callers.size !== 1) return null;
  const reach = valueIn(evidence.gateway.reach) ?? [];
  const clients = new Set(
    reach.flatMap(({ principal, client }) => (callers.has(principal ?? "") && client !== "" ? [client] : [])),
  );
  const keys = (valueIn(evidence.gateway.keys) ?? []).filter(({ event }) => event === "created");
  for (const { id, name } of keys)
    for (const { principal, client, stages } of reach) {
      if (principal !== `key:${id}` || !clients.has(client)) continue;
      const passed = stages.flatMap(({ state, at }) => (state === "passed" && at !== null ? [at] : []));
      const at = passed.sort().at(-1);
      if (at !== undefined && at > lastOf(denied)) return { name, at };
    }
  return null;
}

export const firstOf = (denied: readonly DecisionEvidence[]): string =>
  denied.map(({ firstAt }) => firstAt).sort()[0] ?? "";
export const lastOf = (denied: readonly DecisionEvidence[]): string =>
  denied
    .map(({ lastAt }) => lastAt)
    .sort()
    .at(-1) ?? "";
export const sumOf = (denied: readonly { count: number }[]): number =>
  denied.reduce((sum, { count }) => sum + count, 0);

/** `12 requests were turned away`, or nothing. */
export const turnedAway = (denied: readonly { count: number }[]): string => {
  const count = sumOf(denied);
  return count === 0 ? "" : `; ${counted(count, "request")} ${count === 1 ? "was" : "were"} turned away`;
};
/** `12 requests were turned away from 14:20:00 UTC to 14:25:00 UTC`. */
export function turnedAwayUntil(evidence: Evidence, denied: readonly DecisionEvidence[]): string {
  const count = sumOf(denied);
  const [from, to] = [firstOf(denied), lastOf(denied)].map((at) => clock(at, evidence.at));
  const when = from === to ? `at ${from}` : `from ${from} to ${to}`;
  return `${counted(count, "request")} ${count === 1 ? "was" : "were"} turned away ${when}`;
}

/** How calls fare since something is over: they pass, or nobody tried. */
export const sinceThen = (evidence: Evidence, since: string | null): string =>
  since === null
    ? "nobody who was turned away has come back since, and the next call is not stopped by this"
    : `calls pass since ${clock(since, evidence.at)}`;

/** Of what turned calls away and is set right by now: it comes after what still goes on, but for a question about the past. */
export const over = (evidence: Evidence) => ({
  ...(isOfThePast(evidence)
    ? { confidence: "certain" as const }
    : { confidence: "likely" as const, isOver: true }),
  fix: ["Nothing, unless calls still fail: what kept them out is set right."],
});
