import { microsOf } from "#lib/kernel/money.ts";
import { doesNotApply, nothingFound, notKnown } from "../answers.ts";
import type { Check } from "../check.ts";
import { isUsedUp, layerInQuestion, ownBudgetDenials } from "../facts/budgets.ts";
import { valueIn } from "../facts/collected.ts";
import { pauseInQuestion } from "../facts/over.ts";
import { agentPath, serverPath, settingRef, valueRef } from "../facts/refs.ts";
import { hasOldList, toolsKeptFor, wantedRemovedTools } from "../facts/tools.ts";
import { clock, counted, listed, quoted, said, usd } from "../facts/words.ts";

const status: Check = {
  id: "budget.agent",
  stage: "agent_budget",
  title: "Status of the agent",
  needs: ["budget.agent"],
  run(evidence) {
    const agent = valueIn(evidence.budget.agent);
    const name = evidence.subject.agent?.name ?? "The agent";
    const lookedAt = "Whether the agent is active, and who paused it.";
    const path = agentPath(evidence, "");
    if (agent === null) return notKnown(lookedAt);
    if (agent.pause !== null) {
      const { reason, at, note, by } = agent.pause;
      const isLoop = reason === "loop_suspected";
      const isLater = pauseInQuestion(evidence, false) === null;
      const finding = `${said(name, 80)} was paused at ${clock(at, evidence.at)}${isLoop ? " because it repeated the same call" : by === null ? " by hand" : ` by ${said(by, 80)}`}${note === null ? "" : `: ${quoted(note, 200)}`}.`;
      return {
        // It began after what is asked about.
        status: isLater ? "warn" : "fail",
        lookedAt,
        finding,
        evidence: [settingRef("budget.agent.pause", finding, path, at)],
        supports: isLoop ? ["loop", "agent_paused"] : ["agent_paused"],
        fix: ["Resume it on its page once the cause is gone."],
      };
    }
    return {
      status: agent.status === "active" ? "pass" : "warn",
      lookedAt,
      finding: `${said(name, 80)} is ${said(agent.status, 40)}.`,
      evidence: [settingRef("budget.agent.status", agent.status, path)],
      rulesOut: agent.status === "active" ? ["agent_paused"] : [],
    };
  },
};

const attachment: Check = {
  id: "budget.attachment",
  stage: "agent_budget",
  title: "Attachment",
  needs: ["budget.agent"],
  run(evidence) {
    const { server, agent } = evidence.subject;
    const found = valueIn(evidence.budget.agent);
    const lookedAt = "Whether the agent is attached to the server.";
    if (found === null || server === null || server.isDeleted)
      return doesNotApply(lookedAt, "No server was named.");
    const path = agentPath(evidence, "/servers");
    if (!found.isAttached)
      return {
        status: "fail",
        lookedAt,
        finding: `${said(agent?.name ?? "The agent", 80)} is not attached to ${said(server.name, 80)}.`,
        evidence: [settingRef("budget.agent.isAttached", "not attached", path)],
        supports: ["agent_not_attached"],
        fix: ["Attach the server on the agent's Servers page."],
      };
    return {
      status: "pass",
      lookedAt,
      finding: "It is attached.",
      evidence: [settingRef("budget.agent.isAttached", "attached", path)],
      rulesOut: ["agent_not_attached"],
    };
  },
};

const layers: Check = {
  id: "budget.layers",
  stage: "agent_budget",
  title: "Budgets",
  needs: ["budget.layers"],
  run(evidence) {
    const all = valueIn(evidence.budget.layers) ?? [];
    const lookedAt = "What is left of each budget of the agent, and when it starts again.";
    const path = agentPath(evidence, "/budget");
    if (all.length === 0) return nothingFound(lookedAt, "It has no cap.", ["budget_exhausted"]);
    const layerWords = (source: string) => said(source.replaceAll("_", " "), 40);
    const told = (layer: (typeof all)[number]) =>
      `${layerWords(layer.limitSource)}: ${usd(microsOf(layer.remainingMicros))} of ${usd(microsOf(layer.capMicros))} left`;
    const empty = all.filter(({ remainingMicros }) => microsOf(remainingMicros) <= 0n);
    const refs = all
      .slice(0, 10)
      .map((layer, place) => settingRef(`budget.layers.${place}`, told(layer), path, layer.resetsAt));
    const question = layerInQuestion(evidence, ownBudgetDenials(evidence));
    const first = question !== null && isUsedUp(question) ? question : undefined;
    if (first !== undefined)
      return {
        status: "fail",
        lookedAt,
        finding: `${told(first)}${first.resetsAt === null ? "" : `; it starts again at ${clock(first.resetsAt, evidence.at)}`}.`,
        evidence: empty
          .slice(0, 10)
          .map((layer, place) =>
            settingRef(`budget.layers.empty.${place}`, told(layer), path, layer.resetsAt),
          ),
        supports: ["budget_exhausted"],
        fix: ["Raise the cap, or wait until it starts again."],
      };
    // A user or a conversation that came to its cap keeps out nobody else.
    const low = all.filter(
      ({ remainingMicros, capMicros }) => 10n * microsOf(remainingMicros) <= microsOf(capMicros),
    );
    return {
      status: low.length > 0 ? "warn" : "pass",
      lookedAt,
      finding: `${listed((low.length > 0 ? low : all).map(told), 3)}.`,
      evidence: refs,
    };
  },
};

const tools: Check = {
  id: "budget.tools",
  stage: "agent_budget",
  title: "Effective tools",
  needs: ["budget.tools"],
  run(evidence) {
    const all = valueIn(evidence.budget.tools) ?? [];
    const lookedAt = "Tools of the server that attachment, access and grants leave to the agent.";
    const path = agentPath(evidence, "");
    const allowed = all.filter(({ isAllowed }) => isAllowed).length;
    const causes = [
      ["grant_missing", "tool_not_granted"],
      ["not_attached", "agent_not_attached"],
      ["access_off", "direct_access_off"],
      ["agent_paused", "agent_paused"],
      ["server_inactive", "server_inactive"],
    ] as const;
    const kept = causes.flatMap(([reason, cause]) =>
      toolsKeptFor(evidence, [reason]).map((tool) => ({ tool, cause })),
    );
    if (kept.length > 0) {
      const detail = all.find(({ isAllowed, detail: why }) => !isAllowed && why !== null)?.detail ?? "";
      return {
        status: "fail",
        lookedAt,
        finding: `${listed([...new Set(kept.map(({ tool }) => tool))])} ${kept.length === 1 ? "is" : "are"} kept from the agent. ${said(detail, 300)}`,
        evidence: [settingRef("budget.tools", `${allowed} of ${counted(all.length, "tool")} allowed`, path)],
        supports: [...new Set(kept.map(({ cause }) => cause))],
      };
    }
    if (all.length === 0) return notKnown(lookedAt, "Nobody has seen the tools of the server yet.");
    return {
      status: "pass",
      lookedAt,
      finding: `${allowed} of ${counted(all.length, "tool")} allowed.`,
      evidence: [settingRef("budget.tools", `${allowed} of ${counted(all.length, "tool")} allowed`, path)],
      rulesOut: allowed === all.length ? ["tool_not_granted", "agent_not_attached"] : [],
    };
  },
};

const keys: Check = {
  id: "budget.keys",
  stage: "agent_budget",
  title: "Keys of the agent",
  needs: ["budget.agent"],
  run(evidence) {
    const agent = valueIn(evidence.budget.agent);
    const lookedAt = "Keys with which the agent may come in.";
    const path = agentPath(evidence, "/keys");
    if (agent === null) return notKnown(lookedAt);
    const active = agent.keys.filter(({ state }) => state === "active");
    if (active.length > 0)
      return {
        status: "pass",
        lookedAt,
        finding: `${counted(active.length, "key")} in force.`,
        evidence: [settingRef("budget.agent.keys", counted(active.length, "key"), path)],
      };
    const [newest] = [...agent.keys].sort((a, b) => ((a.at ?? "") < (b.at ?? "") ? 1 : -1));
    const finding =
      newest === undefined
        ? "It has no key."
        : `None is in force: ${quoted(newest.name, 80)} is ${newest.state}${newest.at === null ? "" : ` since ${clock(newest.at, evidence.at)}`}.`;
    return {
      status: "warn",
      lookedAt,
      finding,
      evidence: [settingRef("budget.agent.keys", finding, path, newest?.at ?? null)],
      supports:
        newest?.state === "expired" ? ["key_expired"] : newest?.state === "revoked" ? ["key_revoked"] : [],
    };
  },
};

const list: Check = {
  id: "budget.list",
  stage: "agent_budget",
  title: "The agent's list of tools",
  needs: ["budget.calls"],
  run(evidence) {
    const calls = valueIn(evidence.budget.calls);
    const lookedAt = "When the agent last listed its tools, and calls of tools that are not offered.";
    if (calls === null) return notKnown(lookedAt);
    const path = serverPath(evidence, "/logs", { agent: evidence.subject.agent?.id });
    const removed = wantedRemovedTools(evidence);
    const listedAt =
      calls.lastListAt === null
        ? "has never listed its tools"
        : `last listed its tools at ${clock(calls.lastListAt, evidence.at)}`;
    const told = `${calls.callsOk} of ${counted(calls.calls, "call")} answered; it ${listedAt}`;
    const refs = [valueRef("budget.calls", told, path, calls.lastCallAt)];
    if (removed.length > 0)
      return {
        status: "fail",
        lookedAt,
        finding: `It wants ${listed(removed)}, which the server does not offer any more; it ${listedAt}${hasOldList(evidence) === true ? ", before that changed" : ""}.`,
        evidence: refs,
        supports: ["client_cached_list", "tool_removed"],
      };
    if (hasOldList(evidence) === true && calls.callsOk < calls.calls)
      return {
        status: "warn",
        lookedAt,
        finding: `${told}, before the tools changed.`,
        evidence: refs,
        supports: ["client_cached_list", "schema_mismatch"],
      };
    if (calls.unknownTools.length > 0)
      return {
        status: "warn",
        lookedAt,
        finding: `It calls ${listed(calls.unknownTools)}, which the server does not offer.`,
        evidence: refs,
        supports: ["tool_removed", "tool_unknown"],
      };
    return {
      status: calls.calls + calls.lists === 0 ? "unknown" : "pass",
      lookedAt,
      finding: `${told}.`,
      evidence: refs,
      rulesOut:
        calls.calls > 0 && calls.callsOk === calls.calls ? ["client_cached_list", "tool_removed"] : [],
    };
  },
};

export const BUDGET_CHECKS: readonly Check[] = [status, attachment, layers, tools, keys, list];
