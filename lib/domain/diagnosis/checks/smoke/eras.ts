import type { Evidence, VerdictCode } from "#lib/contract/index.ts";
import { notKnown } from "../../answers.ts";
import type { Check, CheckAnswer } from "../../check.ts";
import { failureKindOf } from "../../facts/failures.ts";
import { probeRef, serverPath, valueRef } from "../../facts/refs.ts";
import { counted, listed, milliseconds, quoted, said } from "../../facts/words.ts";
import { CAUSES_OF_FAILURE } from "../causes-of-failure.ts";
import { type Probe, probeOf, stateCauses } from "./probes.ts";

/** What stands in the way of every call. */
const OUTAGES: readonly VerdictCode[] = [
  "server_inactive",
  "not_published",
  "server_deleted",
  "upstream_down",
  "runtime_crash",
];

export function toolsList(era: "modern" | "legacy", title: string): Check {
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
      if (probe === null) return notKnown(lookedAt, "It was not made.");
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

export const protocol: Check = {
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
    if (probes.length === 0 || spoken.length === 0) return notKnown(lookedAt, "No session came about.");
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
