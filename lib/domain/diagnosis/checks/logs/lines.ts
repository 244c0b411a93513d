import { notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { isPipelineBroken } from "../../facts/pipeline.ts";
import { serverPath, valueRef } from "../../facts/refs.ts";
import { counted, listed, quoted, said } from "../../facts/words.ts";

export const lines: Check = {
  id: "logs.lines",
  stage: "logs",
  title: "Console lines",
  needs: ["logs.console"],
  run(evidence) {
    const found = valueIn(evidence.logs.console);
    const lookedAt = "Lines that the server wrote, and whether the calls that were passed on left any.";
    if (found === null) return notKnown(lookedAt);
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

export const pipeline: Check = {
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
      return notKnown(lookedAt, "No edge has proved it yet.");
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
