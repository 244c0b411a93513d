import type { CheckResult, Evidence, VerdictCode } from "#lib/contract/index.ts";
import type { Check, CheckAnswer } from "../check.ts";
import { valueIn } from "../facts/collected.ts";
import { type FailureKind, failureKindOf } from "../facts/failures.ts";
import { probeRef, serverPath, valueRef } from "../facts/refs.ts";
import { clock, counted, listed, milliseconds, quoted, said } from "../facts/words.ts";

/** Causes for which a failing call of a kind speaks. */
export const CAUSES_OF_FAILURE: Readonly<Record<FailureKind, readonly VerdictCode[]>> = {
  authorization: ["upstream_auth", "call_time_authorization", "config_change", "bad_deployment"],
  arguments: ["schema_mismatch", "bad_deployment", "config_change"],
  unknown_tool: ["handler_missing", "tool_removed", "client_cached_list", "bad_deployment", "config_change"],
  too_large: ["size_cap", "bad_deployment", "config_change"],
  too_long: ["time_cap", "upstream_slow", "upstream_down", "bad_deployment", "config_change"],
  crash: ["runtime_crash", "bad_deployment", "config_change"],
  unreachable: ["upstream_down", "region_down", "bad_deployment", "config_change"],
  upstream_error: ["upstream_errors", "region_down", "bad_deployment", "config_change"],
  code: ["server_code_error", "bad_deployment", "config_change"],
};

/** What stands in the way of every call. */
const OUTAGES: readonly VerdictCode[] = [
  "server_inactive",
  "not_published",
  "server_deleted",
  "upstream_down",
  "runtime_crash",
];

type Probe = NonNullable<ReturnType<typeof probeOf>>;
const probeOf = (evidence: Evidence, era: "modern" | "legacy") => valueIn(evidence.smoke[era]);

const stateCauses = ({ subject: { server } }: Evidence): VerdictCode[] => {
  if (server === null) return [];
  if (server.isDeleted) return ["server_deleted"];
  if (server.kind === "hosted" && server.version === null) return ["not_published"];
  return server.status === "active" ? [] : ["server_inactive"];
};

function toolsList(era: "modern" | "legacy", title: string): Check {
  const id = `smoke.${era}`;
  return {
    id,
    stage: "smoke",
    title,
    needs: [`smoke.${era}`],
    run(evidence) {
      const probe = probeOf(evidence, era);
      const other = probeOf(evidence, era === "modern" ? "legacy" : "modern");
      const lookedAt = "A fresh session that lists the tools, made now.";
      if (probe === null) return { status: "unknown", lookedAt, finding: "It was not made.", evidence: [] };
      if (probe.status === "passed")
        return {
          status: "pass",
          lookedAt,
          finding: `tools/list answered with ${counted(probe.toolCount, "tool")} in ${milliseconds(probe.durationMs)}.`,
          evidence: [
            probeRef(
              evidence,
              id,
              `${counted(probe.toolCount, "tool")}, protocol ${probe.protocolVersion ?? "unknown"}`,
            ),
          ],
          rulesOut: OUTAGES.slice(),
        };
      return failedProbe(evidence, id, lookedAt, probe, other?.status === "passed");
    },
  };
}

function failedProbe(
  evidence: Evidence,
  id: string,
  lookedAt: string,
  probe: Pick<Probe, "failure">,
  isOtherFine: boolean,
): CheckAnswer {
  const { step, code, message, fix } = probe.failure ?? {
    step: "tools/list",
    code: "failed",
    message: "",
    fix: "",
  };
  const isHosted = evidence.subject.server?.kind === "hosted";
  const kind = failureKindOf(
    /timeout/.test(code) ? "timeout" : isHosted ? "runtime_error" : "upstream_error",
    message,
    isHosted,
  );
  return {
    // A server may speak one era only.
    status: isOtherFine ? "warn" : "fail",
    lookedAt,
    finding: isOtherFine
      ? `This era is not served (${quoted(message)}); the other one is.`
      : `It failed at ${step}: ${quoted(message, 400)}.`,
    evidence: [probeRef(evidence, id, `${step} failed: ${said(message, 300)}`)],
    supports: isOtherFine || kind === null ? [] : [...CAUSES_OF_FAILURE[kind], ...stateCauses(evidence)],
    fix: isOtherFine || fix === "" ? [] : [said(fix, 500)],
  };
}

const canary: Check = {
  id: "smoke.canary",
  stage: "smoke",
  title: "Canary call",
  needs: ["smoke.canary"],
  run: (evidence) => calledTool(evidence, "smoke.canary", valueIn(evidence.smoke.canary), "directly"),
};

const canaryAsAgent: Check = {
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

function calledTool(
  evidence: Evidence,
  part: string,
  called: ReturnType<typeof valueIn<CanaryValue>>,
  how: string,
): CheckAnswer {
  const lookedAt = `The call of a read-only tool that the owner declared, made now ${how}.`;
  if (called === null) return { status: "unknown", lookedAt, finding: "It was not made.", evidence: [] };
  if (called.status === "passed")
    return {
      status: "pass",
      lookedAt,
      finding: `${said(called.tool)} answered in ${milliseconds(called.durationMs)}.`,
      evidence: [probeRef(evidence, part, `tools/call ${said(called.tool)} passed`)],
      rulesOut: ["upstream_down", "runtime_crash"],
    };
  const message = (called.isToolError ? called.answer : called.failure?.message) ?? called.answer ?? "";
  const isHosted = evidence.subject.server?.kind === "hosted";
  const outcome = called.isToolError
    ? "tool_error"
    : /timeout/.test(called.failure?.code ?? "")
      ? "timeout"
      : isHosted
        ? "runtime_error"
        : "upstream_error";
  const kind = failureKindOf(outcome, message, isHosted);
  const fix = called.failure?.fix ?? "";
  return {
    status: "fail",
    lookedAt,
    finding: `${said(called.tool)} failed: ${quoted(message, 400)}.`,
    evidence: [probeRef(evidence, part, `tools/call ${said(called.tool)}: ${said(message, 300)}`)],
    supports: kind === null ? [] : [...CAUSES_OF_FAILURE[kind], ...stateCauses(evidence)],
    fix: fix === "" ? [] : [said(fix, 500)],
  };
}
type CanaryValue = Extract<Evidence["smoke"]["canary"], { status: "collected" }>["value"];

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

const asAgent: Check = {
  id: "smoke.as_agent",
  stage: "smoke",
  title: "tools/list as the agent",
  needs: ["smoke.asAgent"],
  run(evidence) {
    const probe = valueIn(evidence.smoke.asAgent);
    const direct = probeOf(evidence, "modern") ?? probeOf(evidence, "legacy");
    const lookedAt = "What the agent is given at its own door, asked now.";
    if (probe === null) return { status: "unknown", lookedAt, finding: "It was not asked.", evidence: [] };
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
        fix: probe.failure?.fix ? [said(probe.failure.fix, 500)] : [],
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

const protocol: Check = {
  id: "smoke.protocol",
  stage: "smoke",
  title: "Protocol version",
  needs: [],
  run(evidence) {
    const probes = [probeOf(evidence, "modern"), probeOf(evidence, "legacy")].filter(
      (probe) => probe !== null,
    );
    const spoken = probes.flatMap((probe) =>
      probe.status === "passed" ? [probe.protocolVersion ?? "unknown"] : [],
    );
    const lookedAt = "The protocol versions that the server agreed on, in both eras.";
    if (probes.length === 0 || spoken.length === 0)
      return { status: "unknown", lookedAt, finding: "No session came about.", evidence: [] };
    return {
      status: "pass",
      lookedAt,
      finding: `It speaks ${listed(spoken)}.`,
      evidence: [
        valueRef(
          "smoke.modern.protocolVersion",
          `protocol ${listed(spoken)}`,
          serverPath(evidence, "/tools"),
        ),
      ],
    };
  },
};

const tools: Check = {
  id: "smoke.tools",
  stage: "smoke",
  title: "Tools against the last good list",
  needs: ["smoke.tools"],
  run(evidence) {
    const list = valueIn(evidence.smoke.tools);
    const lookedAt = "The tools now and as they were last seen before the window.";
    if (list === null || list.current === null)
      return {
        status: "unknown",
        lookedAt,
        finding: "Nobody has seen the tools of this server yet.",
        evidence: [],
      };
    const breaking = list.changed.filter((tool) => tool.breaking).map(({ name }) => name);
    const parts = [
      list.removed.length === 0 ? [] : [`${listed(list.removed)} removed`],
      breaking.length === 0 ? [] : [`${listed(breaking)} changed so that earlier calls may fail`],
      list.added.length === 0 ? [] : [`${listed(list.added)} added`],
    ].flat();
    const path = serverPath(evidence, "/tools");
    if (parts.length === 0)
      return {
        status: "pass",
        lookedAt,
        finding: `${counted(list.current.toolCount, "tool")}, as before.`,
        evidence: [
          valueRef(
            "smoke.tools.current",
            `${counted(list.current.toolCount, "tool")}`,
            path,
            list.current.seenAt,
          ),
        ],
        rulesOut: ["tool_removed", "client_cached_list"],
      };
    const finding = `Since ${list.changedAt === null ? "the last look" : clock(list.changedAt, evidence.at)}: ${parts.join("; ")}.`;
    const isWorse = list.removed.length > 0 || breaking.length > 0;
    return {
      status: isWorse ? "warn" : "pass",
      lookedAt,
      finding,
      evidence: [valueRef("smoke.tools", finding, path, list.changedAt)],
      supports: ["tool_removed", "client_cached_list", "schema_mismatch"],
      rulesOut: [],
    } satisfies CheckAnswer & { status: CheckResult["status"] };
  },
};

export const SMOKE_CHECKS: readonly Check[] = [
  toolsList("modern", "tools/list, modern era"),
  toolsList("legacy", "tools/list, legacy era"),
  canary,
  protocol,
  tools,
  asAgent,
  canaryAsAgent,
];
