import type { Evidence } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { againstPrevious, causesOfMore, moreCalls } from "./volume.ts";

const REPEATS_MIN = 0.4;
const CALLS_MIN = 20;
const RETRIES_MIN = 0.3;

/** Callers that make the same call again and again, while there are more calls than before. */
export function repeatedCalls(
  evidence: Evidence,
): { ratio: number; who: string | null; tool: string | null } | null {
  const repeats = valueIn(evidence.usage.repeats);
  if (repeats === null || repeats.ratio === null || repeats.ratio < REPEATS_MIN || repeats.calls < CALLS_MIN)
    return null;
  return moreCalls(evidence) === null
    ? null
    : { ratio: repeats.ratio, who: repeats.topPrincipal, tool: repeats.topTool };
}

/**
 * One agent that calls one tool many times more than before: where arguments are not recorded, that is what a loop looks like.
 * Needs to know that its calls do not repeat failed ones, which is another cause.
 */
export function oneToolOfOneAgent(evidence: Evidence): { agent: string; tool: string; more: number } | null {
  const repeats = valueIn(evidence.usage.repeats);
  if (repeats === null || repeats.ratio !== null) return null;
  const all = againstPrevious(evidence)?.shifts ?? [];
  for (const agent of causesOfMore(evidence, "agent", 0.5)) {
    const more = agent.now.calls - agent.before.calls;
    const tool = all.find(
      (shift) =>
        shift.dimension === "tool" &&
        shift.now.calls >= 2 * shift.before.calls &&
        shift.shareChange >= 0.2 &&
        shift.now.calls - shift.before.calls >= 0.6 * more &&
        more >= 0.6 * (shift.now.calls - shift.before.calls),
    );
    if (tool !== undefined && more >= 50) return { agent: agent.label, tool: tool.label, more };
  }
  return null;
}

/** Calls that follow a failed one of the same caller and tool within seconds: many, and more than before. */
export function retries(evidence: Evidence): { ratio: number; before: number; calls: number } | null {
  const repeats = valueIn(evidence.usage.repeats);
  if (repeats === null || repeats.retryRatio === null) return null;
  const { retryRatio: ratio, retryRatioBefore, calls } = repeats;
  const before = retryRatioBefore ?? 0;
  return ratio >= RETRIES_MIN && ratio >= 2 * before && calls >= CALLS_MIN && moreCalls(evidence) !== null
    ? { ratio, before, calls }
    : null;
}
