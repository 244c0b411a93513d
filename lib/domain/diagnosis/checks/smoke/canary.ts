import type { Evidence } from "#lib/contract/index.ts";
import { notKnown } from "../../answers.ts";
import type { Check, CheckAnswer } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { failureKindOf } from "../../facts/failures.ts";
import { probeRef } from "../../facts/refs.ts";
import { milliseconds, quoted, said } from "../../facts/words.ts";
import { CAUSES_OF_FAILURE } from "../causes-of-failure.ts";
import { stateCauses } from "./probes.ts";

export const canary: Check = {
  id: "smoke.canary",
  stage: "smoke",
  title: "Canary call",
  needs: ["smoke.canary"],
  run: (evidence) => calledTool(evidence, "smoke.canary", valueIn(evidence.smoke.canary), "directly"),
};

export function calledTool(
  evidence: Evidence,
  part: string,
  called: ReturnType<typeof valueIn<CanaryValue>>,
  how: string,
): CheckAnswer {
  const lookedAt = `The call of a read-only tool that the owner declared, made now ${how}.`;
  if (called === null) return notKnown(lookedAt, "It was not made.");
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
