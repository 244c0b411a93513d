import { nothingFound, notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { callsIn, failuresOf } from "../../facts/failures.ts";
import { logPath, requestRef, valueRef } from "../../facts/refs.ts";
import { clock, counted, percent, quoted, said } from "../../facts/words.ts";
import { CAUSES_OF_FAILURE } from "../causes-of-failure.ts";

export const traffic: Check = {
  id: "logs.traffic",
  stage: "logs",
  title: "Calls in the window",
  needs: ["logs.counts"],
  run(evidence, { symptom }) {
    const counts = valueIn(evidence.logs.counts);
    const lookedAt = "Requests of callers in the window; our own probes are none.";
    if (counts === null) return notKnown(lookedAt);
    const { lists, listsOk, calls, callsOk, byOutcome } = counts.now;
    const requests = Math.max(
      lists + calls,
      Object.values(byOutcome).reduce((sum, count) => sum + count, 0),
    );
    const told = `tools/call ${callsOk} of ${calls} answered, tools/list ${listsOk} of ${lists}`;
    const refs = [valueRef("logs.counts.now", told, logPath(evidence))];
    if (requests === 0) {
      const isAsked = symptom === "empty_logs" || symptom === "agent_fails";
      return {
        status: isAsked ? "warn" : "unknown",
        lookedAt,
        finding: `Nobody called; in the window before ${counted(counts.before.calls, "call")}.`,
        evidence: refs,
        supports: ["no_traffic"],
      };
    }
    const failed = calls - callsOk;
    const before = counts.before.calls - counts.before.callsOk;
    const [rate, rateBefore] = [failed / Math.max(1, calls), before / Math.max(1, counts.before.calls)];
    const isFailing = failed >= 3 && (rate >= 0.5 || (rate >= 0.05 && rate > 2 * rateBefore));
    return {
      status: isFailing ? (rate >= 0.5 ? "fail" : "warn") : "pass",
      lookedAt,
      finding: `${told}${failed > 0 ? `: ${percent(rate)} failed, ${percent(rateBefore)} in the window before` : ""}.`,
      evidence: refs,
      rulesOut: ["no_traffic"],
    };
  },
};

export const errors: Check = {
  id: "logs.errors",
  stage: "logs",
  title: "Error groups",
  needs: ["logs.errors", "logs.counts"],
  run(evidence) {
    const found = valueIn(evidence.logs.errors);
    const lookedAt = "Failing calls by their words, against the window before.";
    if (found === null) return notKnown(lookedAt);
    const failures = failuresOf(evidence).filter(({ from }) => from === "calls");
    const [worst] = failures;
    if (worst === undefined)
      return {
        status: "pass",
        lookedAt,
        finding:
          found.groupsTotal === 0
            ? "No call failed."
            : `${counted(found.groupsTotal, "group")}, none new and none more frequent than before.`,
        evidence: found.groups
          .slice(0, 3)
          .map((group) =>
            requestRef(
              evidence,
              group.requestIds[0] ?? group.fingerprint,
              `${counted(group.count, "call")}: ${said(group.message, 200)}`,
              group.lastAt,
            ),
          ),
        rulesOut: [
          "server_code_error",
          "handler_missing",
          "schema_mismatch",
          "size_cap",
          "time_cap",
          "bad_deployment",
          "config_change",
        ],
      };
    const kinds = [...new Set(failures.map(({ kind }) => kind))];
    return {
      status: "fail",
      lookedAt,
      finding: `${counted(callsIn(failures), "call")} failed since ${clock(worst.firstAt, evidence.at)}, most often${worst.tool === null ? "" : ` ${said(worst.tool, 80)}`} with ${quoted(worst.message, 200)} (${worst.countBefore} before).`,
      evidence: failures
        .slice(0, 10)
        .map((failure) =>
          requestRef(
            evidence,
            failure.examples[0] ?? "logs.errors",
            `${counted(failure.count, "call")}${failure.tool === null ? "" : ` of ${said(failure.tool, 80)}`}: ${said(failure.message, 200)}`,
            failure.lastAt,
          ),
        ),
      supports: [...new Set(kinds.flatMap((kind) => CAUSES_OF_FAILURE[kind]))],
    };
  },
};

export const failing: Check = {
  id: "logs.failing",
  stage: "logs",
  title: "How far failing calls came",
  needs: ["logs.failing"],
  run(evidence) {
    const calls = valueIn(evidence.logs.failing) ?? [];
    const lookedAt = "The last hop that left a trace of each failing call.";
    if (calls.length === 0) return nothingFound(lookedAt, "No call failed.");
    const byHop = (hop: string) => calls.filter(({ lastHop }) => lastHop === hop).length;
    return {
      status: "pass",
      lookedAt,
      finding: `Of the newest ${counted(calls.length, "failing call")} ${byHop("gateway")} ended at the gateway, ${byHop("runtime")} at the server, ${byHop("upstream")} at its upstream.`,
      evidence: calls
        .slice(0, 5)
        .map((call) =>
          requestRef(
            evidence,
            call.requestId,
            `${said(call.outcome, 40)} at the ${call.lastHop}${call.error === null ? "" : `: ${said(call.error, 200)}`}`,
            call.at,
          ),
        ),
    };
  },
};
