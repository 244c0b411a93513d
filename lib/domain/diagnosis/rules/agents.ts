import type { DecisionEvidence, Evidence } from "#lib/contract/index.ts";
import { isUnread, valueIn } from "../facts/collected.ts";
import { denialsOf } from "../facts/denials.ts";
import {
  isOfAsked,
  over,
  overSince,
  pauseInQuestion,
  sinceThen,
  turnedAway,
  turnedAwayUntil,
} from "../facts/over.ts";
import { isOfThePast } from "../facts/past.ts";
import { deniedForGrant, toolsKeptFor } from "../facts/tools.ts";
import { clock, listed, quoted, said } from "../facts/words.ts";
import { pauseAgent, resumeAgent } from "./actions.ts";
import type { Cause, Rule } from "./rule.ts";

export const agentName = ({ subject: { agent } }: Evidence): string =>
  agent === null ? "The agent" : said(agent.name, 80);
/** Denials with a cause of whoever is asked about. */
const ownDenials = (
  evidence: Evidence,
  code: "agent_not_attached" | "agent_paused" | "loop",
): DecisionEvidence[] => denialsOf(evidence, code).filter((one) => isOfAsked(evidence, one));

const notAttached: Rule = {
  code: "agent_not_attached",
  hop: "gateway",
  run(evidence) {
    const denied = ownDenials(evidence, "agent_not_attached");
    const { server } = evidence.subject;
    const isAttached = valueIn(evidence.budget.agent)?.isAttached ?? null;
    const isDetached = isAttached === false && server !== null && !server.isDeleted;
    if (!isDetached && denied.length === 0) return null;
    const where = `attached to ${said(server?.name ?? "the server", 80)}`;
    const since = overSince(evidence, denied);
    if (!isDetached && (isAttached === true || since !== null))
      return {
        ...over(evidence),
        sentence: `${agentName(evidence)} was not ${where}: ${turnedAwayUntil(evidence, denied)}. It is attached now: ${sinceThen(evidence, since)}.`,
      };
    return {
      // Since when it is not, nothing says that is about the past.
      confidence:
        (denied.length === 0 && isOfThePast(evidence)) || isUnread(evidence.budget.agent)
          ? "likely"
          : "certain",
      sentence: `${agentName(evidence)} is not ${where}${turnedAway(denied)}.`,
      fix: ["Attach the server on the agent's Servers page."],
    };
  },
};

const notGranted: Rule = {
  code: "tool_not_granted",
  hop: "gateway",
  run(evidence) {
    const denied = deniedForGrant(evidence);
    const kept = toolsKeptFor(evidence, ["grant_missing"]);
    if (denied.length === 0 && kept.length === 0) return null;
    const wanted = [...new Set(denied.flatMap(({ examples }) => examples.flatMap(({ tool }) => tool ?? [])))];
    const since = overSince(evidence, denied);
    if (kept.length === 0 && (since !== null || isAllowedNow(evidence, denied, wanted)))
      return {
        ...over(evidence),
        sentence: `No grant of the gateway let ${whom(evidence, denied)} call ${toolsOf(wanted)}: ${turnedAwayUntil(evidence, denied)}. One does now: ${sinceThen(evidence, since)}.`,
      };
    // Others were turned away at the same door; of the agent that is asked about nothing says so.
    const isOfOthers = kept.length === 0 && !denied.some((one) => isOfAsked(evidence, one));
    return {
      confidence:
        isOfOthers ||
        (denied.length === 0 && isOfThePast(evidence)) ||
        (kept.length === 0 && isUnread(evidence.budget.tools))
          ? "likely"
          : "certain",
      sentence: `No grant of the gateway lets ${isOfOthers ? "other callers" : whom(evidence, denied)} call ${toolsOf([...new Set([...kept, ...wanted])])}${turnedAway(denied)}.`,
      fix: ["Add the tool to a grant on the gateway's Grants page."],
    };
  },
};

const toolsOf = (names: readonly string[]): string =>
  names.length === 0 ? "this server" : listed([...names].sort());
const whom = (evidence: Evidence, denied: readonly DecisionEvidence[]): string =>
  evidence.subject.agent === null || !denied.every((one) => isOfAsked(evidence, one))
    ? "the caller"
    : agentName(evidence);

/** Of the agent that is asked about: grants of now let it call what it was turned away from. */
function isAllowedNow(
  evidence: Evidence,
  denied: readonly DecisionEvidence[],
  wanted: readonly string[],
): boolean {
  if (evidence.subject.agent === null || !denied.every((one) => isOfAsked(evidence, one))) return false;
  const tools = valueIn(evidence.budget.tools) ?? [];
  const allowed = new Set(tools.flatMap(({ tool, isAllowed }) => (isAllowed && tool !== null ? [tool] : [])));
  return wanted.length > 0 && wanted.every((tool) => allowed.has(tool));
}

const paused: Rule = {
  code: "agent_paused",
  hop: "gateway",
  run(evidence) {
    const agent = valueIn(evidence.budget.agent);
    const denied = ownDenials(evidence, "agent_paused");
    const pause = pauseInQuestion(evidence, denied.length > 0);
    if (pause === null && denied.length === 0) return null;
    const since = overSince(evidence, denied);
    if (pause === null && (agent !== null || since !== null))
      return {
        ...over(evidence),
        sentence: `${agentName(evidence)} was paused: ${turnedAwayUntil(evidence, denied)}. It is not paused now: ${sinceThen(evidence, since)}.`,
      };
    const by =
      pause === null
        ? ""
        : pause.reason === "loop_suspected"
          ? " because it repeated the same call"
          : pause.by === null
            ? " by hand"
            : ` by ${said(pause.by, 80)}`;
    return {
      confidence: isUnread(evidence.budget.agent) ? "likely" : "certain",
      sentence: `${agentName(evidence)} ${pause === null ? "was paused" : `is paused since ${clock(pause.at, evidence.at)}`}${by}${pause?.note ? ` (${quoted(pause.note)})` : ""}${turnedAway(denied)}.`,
      fix: ["Resume it on its page once the cause is gone."],
      actions: resumeAgent(evidence),
    };
  },
};

/** A loop that the gateway saw itself; others are found by comparing windows. */
export function loopThatWasStopped(evidence: Evidence): Cause | null {
  const agent = valueIn(evidence.budget.agent);
  const denied = ownDenials(evidence, "loop");
  const found = pauseInQuestion(evidence, denied.length > 0);
  const pause = found?.reason === "loop_suspected" ? found : null;
  if (pause === null && denied.length === 0) return null;
  const since = overSince(evidence, denied);
  if (pause === null && ((agent !== null && agent.pause === null) || since !== null))
    return {
      ...over(evidence),
      sentence: `${agentName(evidence)} made the same call again and again and was paused: ${turnedAwayUntil(evidence, denied)}. It is not paused now: ${sinceThen(evidence, since)}.`,
      fix: ["Find out why the agent repeated itself, e.g. from its last calls."],
      actions: [],
    };
  return {
    confidence: isUnread(evidence.budget.agent) ? "likely" : "certain",
    sentence: `${agentName(evidence)} made the same call again and again and was paused${pause === null ? "" : ` at ${clock(pause.at, evidence.at)}`}${turnedAway(denied)}.`,
    fix: ["Find out why the agent repeats itself, e.g. from its last calls, then resume it."],
    actions: pause === null ? pauseAgent(evidence) : resumeAgent(evidence),
  };
}

export const AGENT_RULES: readonly Rule[] = [notAttached, notGranted, paused];
