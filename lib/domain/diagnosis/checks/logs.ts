import type { EvidenceRef, VerdictCode } from "#lib/contract/index.ts";
import type { Check } from "../check.ts";
import { valueIn } from "../facts/collected.ts";
import { callsIn, failuresOf } from "../facts/failures.ts";
import { slowdownOf, upstreamSlowdownOf } from "../facts/latency.ts";
import { isPipelineBroken } from "../facts/pipeline.ts";
import { logPath, requestRef, serverPath, valueRef } from "../facts/refs.ts";
import { mostlyAnswered, UPSTREAM_TROUBLES } from "../facts/upstream.ts";
import { bytes, clock, counted, listed, milliseconds, percent, quoted, said } from "../facts/words.ts";
import { CAUSES_OF_FAILURE } from "./smoke.ts";

const traffic: Check = {
  id: "logs.traffic",
  stage: "logs",
  title: "Calls in the window",
  needs: ["logs.counts"],
  run(evidence, { symptom }) {
    const counts = valueIn(evidence.logs.counts);
    const lookedAt = "Requests of callers in the window; our own probes are none.";
    if (counts === null) return { status: "unknown", lookedAt, finding: "Not known.", evidence: [] };
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

const errors: Check = {
  id: "logs.errors",
  stage: "logs",
  title: "Error groups",
  needs: ["logs.errors", "logs.counts"],
  run(evidence) {
    const found = valueIn(evidence.logs.errors);
    const lookedAt = "Failing calls by their words, against the window before.";
    if (found === null) return { status: "unknown", lookedAt, finding: "Not known.", evidence: [] };
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

const latency: Check = {
  id: "logs.latency",
  stage: "logs",
  title: "Durations by hop",
  needs: ["logs.hops"],
  run(evidence, asked) {
    const hops = valueIn(evidence.logs.hops);
    const lookedAt =
      "The 95th percentile of durations, in all and at the hop behind, against the window before.";
    if (hops === null || hops.now.totalP95Ms === null)
      return { status: "unknown", lookedAt, finding: "No call of the window was measured.", evidence: [] };
    const total = slowdownOf(evidence, asked);
    const upstream = upstreamSlowdownOf(evidence, asked);
    const refs = [
      valueRef(
        "logs.hops.now.totalP95Ms",
        `p95 ${milliseconds(hops.now.totalP95Ms)}, before ${hops.before.totalP95Ms === null ? "unknown" : milliseconds(hops.before.totalP95Ms)}`,
        logPath(evidence),
      ),
      ...(hops.now.upstreamP95Ms === null
        ? []
        : [
            valueRef(
              "logs.hops.now.upstreamP95Ms",
              `upstream p95 ${milliseconds(hops.now.upstreamP95Ms)}`,
              logPath(evidence),
            ),
          ]),
    ];
    if (total === null)
      return {
        status: hops.before.totalP95Ms === null ? "unknown" : "pass",
        lookedAt,
        finding:
          hops.before.totalP95Ms === null
            ? `The 95th percentile is ${milliseconds(hops.now.totalP95Ms)}; nothing to compare it with.`
            : `The 95th percentile is ${milliseconds(hops.now.totalP95Ms)}, ${milliseconds(hops.before.totalP95Ms)} before.`,
        evidence: refs,
        rulesOut: hops.before.totalP95Ms === null ? [] : ["upstream_slow", "large_payload", "queueing"],
      };
    return {
      status: "fail",
      lookedAt,
      finding: `The 95th percentile rose from ${milliseconds(total.beforeMs)} to ${milliseconds(total.nowMs)}${upstream === null ? "" : `, ${milliseconds(upstream.nowMs)} of it upstream`}.`,
      evidence: refs,
      supports: ["upstream_slow", "cold_start", "large_payload", "queueing"],
    };
  },
};

const sizes: Check = {
  id: "logs.sizes",
  stage: "logs",
  title: "Sizes of answers",
  needs: ["logs.counts"],
  run(evidence) {
    const counts = valueIn(evidence.logs.counts);
    const lookedAt = "The 95th percentile of the sizes of answers, against the window before.";
    const now = counts?.now.responseBytesP95 ?? null;
    const before = counts?.before.responseBytesP95 ?? null;
    if (now === null)
      return { status: "unknown", lookedAt, finding: "No call of the window was measured.", evidence: [] };
    const refs = [valueRef("logs.counts.now.responseBytesP95", `p95 ${bytes(now)}`, logPath(evidence))];
    const grew = before !== null && now >= 4 * before && now >= 262_144;
    return {
      status: grew ? "warn" : "pass",
      lookedAt,
      finding: `The 95th percentile is ${bytes(now)}${before === null ? "" : `, ${bytes(before)} before`}.`,
      evidence: refs,
      supports: ["large_payload"],
      rulesOut: grew ? [] : ["large_payload"],
    };
  },
};

const lines: Check = {
  id: "logs.lines",
  stage: "logs",
  title: "Console lines",
  needs: ["logs.console"],
  run(evidence) {
    const found = valueIn(evidence.logs.console);
    const lookedAt = "Lines that the server wrote, and whether the calls that were passed on left any.";
    if (found === null) return { status: "unknown", lookedAt, finding: "Not known.", evidence: [] };
    const path = serverPath(evidence, "/logs", {
      log: "console",
      window: "custom",
      from: evidence.window.from,
      to: evidence.window.to,
    });
    const refs = [
      valueRef(
        "logs.console",
        `${counted(found.lines, "line")}, ${counted(found.forwarded, "call")} passed on, ${found.traced} traced`,
        path,
      ),
    ];
    // A server that never writes anything is no broken log.
    if (found.forwarded > 0 && found.traced === 0 && found.lines === 0 && found.linesBefore > 0)
      return {
        status: "warn",
        lookedAt,
        finding: `${counted(found.forwarded, "call")} reached the server and left no line; in the window before there were ${counted(found.linesBefore, "line")}.`,
        evidence: refs,
        supports: ["log_pipeline_stale"],
      };
    const newErrors = found.errors >= 3 && found.errors > 2 * found.errorsBefore;
    const [newest] = found.errorLines;
    if (newErrors && newest !== undefined)
      return {
        status: "warn",
        lookedAt,
        finding: `${counted(found.errors, "error line")}, ${found.errorsBefore} before; the newest: ${quoted(newest.message, 200)}.`,
        evidence: found.errorLines.slice(0, 3).map((line) => ({
          kind: "line",
          id: line.id,
          label: said(line.message, 300),
          at: line.at,
          path: line.requestId === null ? path : serverPath(evidence, "/logs", { requestId: line.requestId }),
        })),
        supports: ["server_code_error", "bad_deployment"],
      };
    return {
      status: "pass",
      lookedAt,
      finding: `${counted(found.lines, "line")}, ${counted(found.errors, "error")} among them.`,
      evidence: refs,
    };
  },
};

const pipeline: Check = {
  id: "logs.pipeline",
  stage: "logs",
  title: "Log pipeline",
  needs: ["logs.pipeline"],
  run(evidence) {
    const nodes = valueIn(evidence.logs.pipeline) ?? [];
    const lookedAt = "The edges' own proof that a log line arrives and is stored.";
    const bad = nodes.filter(({ state }) => state === "lost" || state === "stale" || state === "late");
    const refs = nodes
      .slice(0, 10)
      .map((node) =>
        valueRef(`logs.pipeline.${node.node}`, `${said(node.node, 80)}: ${node.state}`, null, node.checkedAt),
      );
    if (isPipelineBroken(evidence))
      return {
        status: "fail",
        lookedAt,
        finding: `Log lines do not arrive from ${listed(bad.map(({ node, state }) => `${said(node, 80)} (${state})`))}.`,
        evidence: refs,
        supports: ["log_pipeline_stale"],
        fix: ["Look at the edge's health and at what holds the log tables of the database."],
      };
    if (nodes.length === 0 || nodes.every(({ state }) => state === "unknown"))
      return { status: "unknown", lookedAt, finding: "No edge has proved it yet.", evidence: [] };
    return {
      status: bad.length > 0 ? "warn" : "pass",
      lookedAt,
      finding:
        bad.length > 0
          ? `Lines of ${listed(bad.map(({ node }) => node))} arrive late.`
          : `Lines arrive from ${counted(nodes.length, "edge")}.`,
      evidence: refs,
      rulesOut: bad.length > 0 ? [] : ["log_pipeline_stale"],
    };
  },
};

const upstream: Check = {
  id: "logs.upstream",
  stage: "logs",
  title: "Answers of upstreams",
  needs: ["logs.upstream"],
  run(evidence) {
    const hosts = valueIn(evidence.logs.upstream) ?? [];
    const lookedAt = "What the servers behind answered, by host, against the window before.";
    const told = (host: (typeof hosts)[number]) =>
      `${said(host.host, 100)}: ${Object.entries(host.byAnswer)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([answer, count]) => `${count}× ${said(answer, 20)}`)
        .join(", ")}`;
    const refOf = (host: (typeof hosts)[number]): EvidenceRef => ({
      kind: "upstream",
      id: host.exampleIds[0] ?? `logs.upstream.${host.host}`.slice(0, 200),
      label: told(host),
      at: null,
      path: logPath(evidence),
    });
    const troubled = UPSTREAM_TROUBLES.flatMap((trouble) =>
      mostlyAnswered(evidence, trouble).map((host) => ({ trouble, host })),
    );
    const supports: VerdictCode[] = [...new Set(troubled.map(({ trouble }) => trouble.cause))];
    if (hosts.length === 0)
      return { status: "skipped", lookedAt, finding: "Nothing was asked upstream.", evidence: [] };
    if (troubled.length === 0)
      return {
        status: "pass",
        lookedAt,
        finding: `${listed(hosts.map(told), 2)}.`,
        evidence: hosts.slice(0, 5).map(refOf),
        rulesOut: ["upstream_auth", "upstream_down", "upstream_errors"],
      };
    return {
      status: "fail",
      lookedAt,
      finding: `${listed([...new Set(troubled.map(({ host }) => told(host)))], 3)}.`,
      evidence: [...new Map(troubled.map(({ host }) => [host.host, refOf(host)])).values()].slice(0, 10),
      supports: supports.includes("upstream_auth")
        ? [...supports, "config_change", "call_time_authorization"]
        : supports,
    };
  },
};

const failing: Check = {
  id: "logs.failing",
  stage: "logs",
  title: "How far failing calls came",
  needs: ["logs.failing"],
  run(evidence) {
    const calls = valueIn(evidence.logs.failing) ?? [];
    const lookedAt = "The last hop that left a trace of each failing call.";
    if (calls.length === 0) return { status: "pass", lookedAt, finding: "No call failed.", evidence: [] };
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

export const LOG_CHECKS: readonly Check[] = [
  traffic,
  errors,
  failing,
  latency,
  sizes,
  lines,
  pipeline,
  upstream,
];
