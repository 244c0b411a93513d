import type { VerdictCode } from "#lib/contract/index.ts";
import { notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { probeRef } from "../../facts/refs.ts";
import { counted, listed, quoted, said } from "../../facts/words.ts";
import { calledTool } from "./canary.ts";
import { probeOf, stateCauses } from "./probes.ts";

/** Why an agent meets something else than we do. */
const AGENT_DOOR: readonly VerdictCode[] = [
  "agent_not_attached",
  "tool_not_granted",
  "agent_paused",
  "loop",
  "budget_exhausted",
  "credits_exhausted",
  "direct_access_off",
  "rate_limited",
];

export const canaryAsAgent: Check = {
  id: "smoke.canary_as_agent",
  stage: "smoke",
  title: "Canary call as the agent",
  needs: ["smoke.canaryAsAgent"],
  run(evidence) {
    const answer = calledTool(
      evidence,
      "smoke.canaryAsAgent",
      valueIn(evidence.smoke.canaryAsAgent),
      "as the agent",
    );
    return { ...answer, supports: answer.status === "fail" ? AGENT_DOOR.slice() : [] };
  },
};

export const asAgent: Check = {
  id: "smoke.as_agent",
  stage: "smoke",
  title: "tools/list as the agent",
  needs: ["smoke.asAgent"],
  run(evidence) {
    const probe = valueIn(evidence.smoke.asAgent);
    const direct = probeOf(evidence, "modern") ?? probeOf(evidence, "legacy");
    const lookedAt = "What the agent is given at its own door, asked now.";
    if (probe === null) return notKnown(lookedAt, "It was not asked.");
    if (probe.status === "failed") {
      const message = probe.failure?.message ?? "";
      return {
        status: "fail",
        lookedAt,
        finding: `The agent cannot list tools: ${quoted(message, 400)}${direct?.status === "passed" ? ", although the server lists them to us" : ""}.`,
        evidence: [
          probeRef(evidence, "smoke.asAgent", `tools/list as the agent failed: ${said(message, 300)}`),
        ],
        supports: [...AGENT_DOOR, ...stateCauses(evidence)],
        // A denial says itself what to do; what is advised about a closed door is meant for ours.
        fix: probe.failure?.fix && probe.failure.code !== "forbidden" ? [said(probe.failure.fix, 500)] : [],
      };
    }
    const given = new Set(probe.tools);
    const hidden = direct?.status === "passed" ? direct.tools.filter((tool) => !given.has(tool)) : [];
    const asked = evidence.subject.tool;
    const isAskedHidden = asked !== null && hidden.includes(asked);
    return {
      status: isAskedHidden || (probe.toolCount === 0 && hidden.length > 0) ? "fail" : "pass",
      lookedAt,
      finding:
        hidden.length === 0
          ? `The agent is given ${counted(probe.toolCount, "tool")}.`
          : `The agent is given ${counted(probe.toolCount, "tool")}; ${listed(hidden)} ${hidden.length === 1 ? "is" : "are"} kept from it.`,
      evidence: [probeRef(evidence, "smoke.asAgent", `${counted(probe.toolCount, "tool")} for the agent`)],
      supports: ["tool_not_granted", "agent_not_attached"],
      rulesOut: hidden.length === 0 ? ["agent_not_attached"] : [],
    };
  },
};
