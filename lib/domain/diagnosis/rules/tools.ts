import type { Evidence } from "#lib/contract/index.ts";
import { callerName } from "../facts/caller-names.ts";
import { valueIn } from "../facts/collected.ts";
import { callsIn, failuresOfKind } from "../facts/failures.ts";
import { nearestNames } from "../facts/nearest-names.ts";
import { isPerhapsUnknown, offeredTools } from "../facts/tool-lists.ts";
import { hasOldList, wantedRemovedTools, wantedUnknownTools } from "../facts/tools.ts";
import { clock, counted, listed, quoted, said } from "../facts/words.ts";
import { agentName } from "./agents.ts";
import type { Rule } from "./rule.ts";

const cachedList: Rule = {
  code: "client_cached_list",
  hop: "client",
  run(evidence) {
    const list = valueIn(evidence.smoke.tools);
    const calls = valueIn(evidence.budget.calls);
    // Whoever asks about a tool need not have seen the agent call it.
    const removed = wantedRemovedTools(evidence).filter((tool) => calls?.unknownTools.includes(tool));
    if (removed.length === 0 || hasOldList(evidence) !== true) return null;
    return {
      confidence: "certain",
      sentence: `${agentName(evidence)} still calls ${listed(removed)}, gone since ${list?.changedAt ? clock(list.changedAt, evidence.at) : "the tools changed"}: it ${calls?.lastListAt ? `last listed its tools at ${clock(calls.lastListAt, evidence.at)}` : "never listed its tools since"}.`,
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
    const failed = callsIn(
      failuresOfKind(evidence, "unknown_tool").filter(({ tool }) => tool !== null && removed.includes(tool)),
    );
    return {
      confidence: hasOldList(evidence) === false ? "certain" : "likely",
      sentence: `The server does not offer ${listed(removed)} any more${list?.changedAt ? ` since ${clock(list.changedAt, evidence.at)}` : ""}${failed === 0 ? "" : `; ${counted(failed, "call")} of it failed`}${list && list.added.length > 0 ? `. New is ${listed(list.added)}` : ""}.`,
      fix: ["Bring the tool back, or tell the agent's instructions what it is called now."],
    };
  },
};

const toolUnknown: Rule = {
  code: "tool_unknown",
  hop: "client",
  run(evidence) {
    const wanted = wantedUnknownTools(evidence);
    const [first] = wanted;
    if (first === undefined) return null;
    const offered = offeredTools(evidence);
    const calls = wanted.reduce((sum, one) => sum + one.calls, 0);
    const since = wanted.map(({ firstAt }) => firstAt).sort()[0] ?? first.firstAt;
    const meant = [...new Set(wanted.flatMap(({ tool }) => nearestNames(tool, offered ?? [])))].slice(0, 3);
    const has = offered === null || offered.size === 0 ? "" : ` It has ${listed([...offered].sort(), 3)}.`;
    return {
      // Without a fresh list the newest one may be older than the tool.
      confidence: offered === null ? "likely" : "certain",
      sentence: `${callersOf(evidence, wanted)} asks for ${listed(wanted.map(({ tool }) => tool))}, which this server has never had: ${counted(calls, "call")} since ${clock(since, evidence.at)}.${meant.length > 0 ? ` Its nearest ${meant.length === 1 ? "name is" : "names are"} ${listed(meant)}.` : has}`,
      fix: [
        meant.length > 0
          ? `Correct the name where the caller has it from, such as its instructions or code: ${listed(meant)}.`
          : "Let the caller list the tools and call one of them, or send it to the server that has this tool.",
      ],
    };
  },
};

/** Who wants them most, by the name that people know it by. */
function callersOf(evidence: Evidence, wanted: ReturnType<typeof wantedUnknownTools>): string {
  const [most] = wanted
    .flatMap(({ callers }) => callers)
    .sort((a, b) => b.calls - a.calls || ((a.client ?? "") < (b.client ?? "") ? -1 : 1));
  if (most === undefined) return "A caller";
  if (most.agentId !== null) return callerName(evidence, `agent:${most.agentId}`);
  return most.client === null ? "A caller" : said(most.client, 80);
}

const schemaMismatch: Rule = {
  code: "schema_mismatch",
  hop: "client",
  run(evidence) {
    const failures = failuresOfKind(evidence, "arguments").filter(
      ({ tool }) => tool === null || !isPerhapsUnknown(evidence, tool),
    );
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

export const TOOL_RULES: readonly Rule[] = [
  cachedList,
  toolRemoved,
  toolUnknown,
  schemaMismatch,
  handlerMissing,
];
