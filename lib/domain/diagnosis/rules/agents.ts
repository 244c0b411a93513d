import type { DecisionEvidence, Evidence } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { valueIn } from "../facts/collected.ts";
import { denialsOf } from "../facts/denials.ts";
import { callsIn, failuresOfKind } from "../facts/failures.ts";
import { hasOldList, offeredTools, toolsKeptFor, wantedRemovedTools } from "../facts/tools.ts";
import { clock, counted, listed, quoted, said, usd } from "../facts/words.ts";
import { pauseAgent, raiseBudget, resumeAgent } from "./actions.ts";
import type { Rule } from "./rule.ts";

const nameOf = ({ subject: { agent } }: Evidence): string =>
  agent === null ? "The agent" : said(agent.name, 80);
/** Where no agent is asked about, everybody is. */
const isOfAsked = ({ subject: { agent } }: Evidence, { examples }: DecisionEvidence): boolean =>
  agent === null || examples.some(({ agentId }) => agentId === agent.id);
const sumOf = (denied: readonly { count: number }[]): number =>
  denied.reduce((sum, { count }) => sum + count, 0);
const turnedAway = (count: number): string =>
  count === 0 ? "" : `; ${counted(count, "request")} ${count === 1 ? "was" : "were"} turned away`;

/** What turned calls away in the window and is set right by now: never before a cause that still is. */
const IT_IS_OVER = ["Nothing, unless calls still fail: what kept them out is set right."];

const notAttached: Rule = {
  code: "agent_not_attached",
  hop: "gateway",
  run(evidence) {
    const denied = sumOf(denialsOf(evidence, "agent_not_attached").filter((one) => isOfAsked(evidence, one)));
    const { server } = evidence.subject;
    const isAttached = valueIn(evidence.budget.agent)?.isAttached ?? null;
    const isDetached = isAttached === false && server !== null && !server.isDeleted;
    if (!isDetached && denied === 0) return null;
    const where = `attached to ${said(server?.name ?? "the server", 80)}`;
    if (isAttached === true)
      return {
        confidence: "likely",
        sentence: `${nameOf(evidence)} was not ${where}${turnedAway(denied)}. It is attached now.`,
        fix: IT_IS_OVER,
      };
    return {
      confidence: "certain",
      sentence: `${nameOf(evidence)} is not ${where}${turnedAway(denied)}.`,
      fix: ["Attach the server on the agent's Servers page."],
    };
  },
};

const notGranted: Rule = {
  code: "tool_not_granted",
  hop: "gateway",
  run(evidence) {
    const denied = denialsOf(evidence, "tool_not_granted");
    const kept = toolsKeptFor(evidence, ["grant_missing"]);
    if (denied.length === 0 && kept.length === 0) return null;
    // Others were turned away at the same door; of the agent that is asked about nothing says so.
    const isOfOthers = kept.length === 0 && !denied.some((one) => isOfAsked(evidence, one));
    const tools = new Set([
      ...kept,
      ...denied.flatMap(({ examples }) => examples.flatMap(({ tool }) => tool ?? [])),
    ]);
    const whom = isOfOthers
      ? "other callers"
      : evidence.subject.agent === null
        ? "the caller"
        : nameOf(evidence);
    return {
      confidence: isOfOthers ? "likely" : "certain",
      sentence: `No grant of the gateway lets ${whom} call ${tools.size === 0 ? "this server" : listed([...tools].sort())}${turnedAway(sumOf(denied))}.`,
      fix: ["Add the tool to a grant on the gateway's Grants page."],
    };
  },
};

const paused: Rule = {
  code: "agent_paused",
  hop: "gateway",
  run(evidence) {
    const agent = valueIn(evidence.budget.agent);
    const pause = agent?.pause ?? null;
    const denied = sumOf(denialsOf(evidence, "agent_paused").filter((one) => isOfAsked(evidence, one)));
    if (pause === null && denied === 0) return null;
    if (agent !== null && pause === null)
      return {
        confidence: "likely",
        sentence: `${nameOf(evidence)} was paused${turnedAway(denied)}. It is not paused now.`,
        fix: IT_IS_OVER,
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
      confidence: "certain",
      sentence: `${nameOf(evidence)} ${pause === null ? "was paused" : `is paused since ${clock(pause.at, evidence.at)}`}${by}${pause?.note ? ` (${quoted(pause.note)})` : ""}${turnedAway(denied)}.`,
      fix: ["Resume it on its page once the cause is gone."],
      actions: resumeAgent(evidence),
    };
  },
};

const loopPaused = (evidence: Evidence) => {
  const pause = valueIn(evidence.budget.agent)?.pause ?? null;
  return pause?.reason === "loop_suspected" ? pause : null;
};
/** A loop that the gateway saw itself; others are found by comparing windows. */
export function loopThatWasStopped(evidence: Evidence) {
  const pause = loopPaused(evidence);
  const denied = sumOf(denialsOf(evidence, "loop"));
  if (pause === null && denied === 0) return null;
  return {
    confidence: "certain" as const,
    sentence: `${nameOf(evidence)} made the same call again and again and was paused${pause === null ? "" : ` at ${clock(pause.at, evidence.at)}`}${turnedAway(denied)}.`,
    fix: ["Find out why the agent repeats itself, e.g. from its last calls, then resume it."],
    actions: pause === null ? pauseAgent(evidence) : resumeAgent(evidence),
  };
}

const budgetExhausted: Rule = {
  code: "budget_exhausted",
  hop: "gateway",
  run(evidence) {
    const denied = denialsOf(evidence, "budget_exhausted");
    const empty = (valueIn(evidence.budget.layers) ?? []).find(
      ({ remainingMicros }) => microsOf(remainingMicros) <= 0n,
    );
    if (denied.length === 0 && empty === undefined) return null;
    const layer =
      empty === undefined
        ? "A budget"
        : `The ${said(empty.limitSource.replaceAll("_", " "), 40)} of ${usd(microsOf(empty.capMicros))}`;
    return {
      confidence: denied.length > 0 ? "certain" : "likely",
      sentence: `${layer} is used up${turnedAway(sumOf(denied))}${empty?.resetsAt ? `; it starts again at ${clock(empty.resetsAt, evidence.at)}` : ""}.`,
      fix: ["Raise the cap on the agent's Budget page, or wait until it starts again."],
      actions: raiseBudget(evidence),
    };
  },
};

const cachedList: Rule = {
  code: "client_cached_list",
  hop: "client",
  run(evidence) {
    const removed = wantedRemovedTools(evidence);
    if (removed.length === 0 || hasOldList(evidence) !== true) return null;
    const list = valueIn(evidence.smoke.tools);
    const calls = valueIn(evidence.budget.calls);
    return {
      confidence: "certain",
      sentence: `${nameOf(evidence)} still calls ${listed(removed)}, gone since ${list?.changedAt ? clock(list.changedAt, evidence.at) : "the tools changed"}: it ${calls?.lastListAt ? `last listed its tools at ${clock(calls.lastListAt, evidence.at)}` : "never listed its tools since"}.`,
      fix: ["Let the client list its tools again: restart it or reconnect it."],
    };
  },
};

const toolRemoved: Rule = {
  code: "tool_removed",
  hop: "runtime",
  run(evidence) {
    const removed = wantedRemovedTools(evidence);
    if (removed.length === 0) return null;
    const list = valueIn(evidence.smoke.tools);
    const failed = callsIn(failuresOfKind(evidence, "unknown_tool"));
    return {
      confidence: hasOldList(evidence) === false ? "certain" : "likely",
      sentence: `The server does not offer ${listed(removed)} any more${list?.changedAt ? ` since ${clock(list.changedAt, evidence.at)}` : ""}${failed === 0 ? "" : `; ${counted(failed, "call")} of it failed`}${list && list.added.length > 0 ? `. New is ${listed(list.added)}` : ""}.`,
      fix: ["Bring the tool back, or tell the agent's instructions what it is called now."],
    };
  },
};

const schemaMismatch: Rule = {
  code: "schema_mismatch",
  hop: "client",
  run(evidence) {
    const failures = failuresOfKind(evidence, "arguments");
    const [worst] = failures;
    if (worst === undefined) return null;
    const changed = (valueIn(evidence.smoke.tools)?.changed ?? []).filter(
      ({ name, breaking }) => breaking && failures.some(({ tool }) => tool === null || tool === name),
    );
    const calls = callsIn(failures);
    return {
      confidence: changed.length > 0 ? "certain" : "likely",
      sentence: `${calls === 0 ? "A call" : counted(calls, "call")}${worst.tool === null ? "" : ` of ${said(worst.tool, 80)}`} brought arguments that the tool does not take: ${quoted(worst.message)}${changed.length === 0 ? "" : `. The arguments of ${listed(changed.map(({ name }) => name))} changed`}.`,
      fix: [
        "Let the client list the tools again and follow the input schema, or take the old arguments as well.",
      ],
    };
  },
};

const handlerMissing: Rule = {
  code: "handler_missing",
  hop: "runtime",
  run(evidence) {
    const offered = offeredTools(evidence);
    const failures = failuresOfKind(evidence, "unknown_tool").filter(
      ({ tool }) => tool !== null && offered?.has(tool) === true,
    );
    const [worst] = failures;
    if (worst === undefined) return null;
    return {
      confidence: "certain",
      sentence: `The server lists ${said(worst.tool ?? "", 80)} and answers calls of it with ${quoted(worst.message)}: nothing handles it (${counted(Math.max(1, callsIn(failures)), "call")}).`,
      fix: ["Bind a handler to the tool, or take it off the list."],
    };
  },
};

export const AGENT_RULES: readonly Rule[] = [
  notAttached,
  notGranted,
  paused,
  budgetExhausted,
  cachedList,
  toolRemoved,
  schemaMismatch,
  handlerMissing,
];
