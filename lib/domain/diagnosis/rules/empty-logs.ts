import { valueIn } from "../facts/collected.ts";
import { denialWords } from "../facts/denial-words.ts";
import { tellingDenials } from "../facts/denials.ts";
import { isPipelineBroken } from "../facts/pipeline.ts";
import { counted, listed, said } from "../facts/words.ts";
import { runSmoke } from "./actions.ts";
import type { Rule } from "./rule.ts";

const retentionZero: Rule = {
  code: "retention_zero",
  hop: "logs",
  run({ subject: { server } }, { symptom }) {
    if (symptom !== "empty_logs" || server === null || server.isDeleted || server.retentionDays !== 0)
      return null;
    return {
      confidence: "certain",
      sentence: `The log retention of ${said(server.name)} is 0 days: its logs can be watched live, and nothing of them is kept.`,
      fix: ["Raise the retention in the settings of the server. What was not kept cannot be brought back."],
    };
  },
};

const CALLS_MIN = 5;
const pipelineStale: Rule = {
  code: "log_pipeline_stale",
  hop: "logs",
  run(evidence, { symptom }) {
    if (symptom !== "empty_logs" && symptom !== null) return null;
    // Whether logs are missing or nothing happened: without a probe of now, nobody asked for it.
    const isProbed = valueIn(evidence.smoke.modern) !== null || valueIn(evidence.smoke.legacy) !== null;
    if (symptom === null && !isProbed) return null;
    const lines = valueIn(evidence.logs.console);
    // Code that writes a line now and then, such as when it starts, is silent most of the time.
    const callsBefore = valueIn(evidence.logs.counts)?.before.calls ?? 0;
    const isSilent =
      lines !== null &&
      lines.forwarded >= CALLS_MIN &&
      lines.traced === 0 &&
      lines.lines === 0 &&
      callsBefore >= CALLS_MIN &&
      lines.linesBefore * 2 >= callsBefore;
    const isBroken = isPipelineBroken(evidence);
    if (!isBroken && !isSilent) return null;
    const bad = (valueIn(evidence.logs.pipeline) ?? []).filter(
      ({ state }) => state === "lost" || state === "stale",
    );
    return {
      confidence: isBroken ? "certain" : "likely",
      sentence: isBroken
        ? `Log lines are written and do not arrive: the test lines of ${listed(bad.map(({ node }) => node))} are missing.`
        : `${counted(lines?.forwarded ?? 0, "call")} reached the server and none left a line, as they did before: lines get lost on their way.`,
      fix: ["See the health of the edge and what holds the log tables of the database."],
    };
  },
};

const wrongUrl: Rule = {
  code: "wrong_url",
  hop: "client",
  run(evidence, { symptom }) {
    const doors = valueIn(evidence.hosting.urls);
    const counts = valueIn(evidence.logs.counts);
    if (doors === null || counts === null) return null;
    const { direct, pinned, gateway } = counts.now.byDoor;
    const astray =
      doors.gatewayUrl === null ? (direct === 0 ? pinned : 0) : gateway === 0 ? direct + pinned : 0;
    if (astray === 0) return null;
    const denied = tellingDenials(evidence).some(({ reason }) => reason === "direct_access_off");
    // Whoever does not miss calls may well mean to use that URL.
    if (symptom !== "empty_logs" && !denied) return null;
    return {
      confidence: "certain",
      sentence: `${counted(astray, "request")} went to ${pinned > direct ? "the URL of one version" : "the direct URL"} and none to the active one, ${said(doors.gatewayUrl ?? doors.directUrl, 300)}.`,
      fix: [`Give clients ${said(doors.gatewayUrl ?? doors.directUrl, 300)}.`],
    };
  },
};

const blocked: Rule = {
  code: "blocked_at_gateway",
  hop: "gateway",
  run(evidence, { symptom }) {
    const counts = valueIn(evidence.logs.counts);
    const denied = tellingDenials(evidence);
    const [worst] = denied;
    if (symptom !== "empty_logs" || counts === null || worst === undefined) return null;
    const { callsOk, listsOk } = counts.now;
    const total = denied.reduce((sum, { count }) => sum + count, 0);
    if (callsOk + listsOk > total / 10) return null;
    return {
      confidence: "certain",
      sentence: `${counted(total, "request")} came and were turned away at the gateway, most of them because ${denialWords(worst.reason)}; ${callsOk + listsOk} got through.`,
      fix: worst.examples[0]?.explanation ? [said(worst.examples[0].explanation.fix, 300)] : [],
    };
  },
};

const noTraffic: Rule = {
  code: "no_traffic",
  hop: "client",
  run(evidence, { symptom }) {
    const { server, agent, client } = evidence.subject;
    const counts = valueIn(evidence.logs.counts);
    const decisions = valueIn(evidence.gateway.decisions);
    const pipeline = valueIn(evidence.logs.pipeline);
    const reach = valueIn(evidence.gateway.reach);
    if (counts === null || decisions === null || server === null || server.isDeleted) return null;
    if (symptom === "empty_logs") {
      if (
        pipeline === null ||
        isPipelineBroken(evidence) ||
        server.retentionDays === 0 ||
        server.status !== "active"
      )
        return null;
      const all =
        counts.now.lists + counts.now.calls + Object.values(counts.now.byOutcome).reduce((a, b) => a + b, 0);
      if (all > 0 || decisions.some(({ count }) => count > 0)) return null;
      return {
        confidence: "likely",
        sentence: `No request arrived in the window, at no URL of ${said(server.name)}; in the window before there were ${counted(counts.before.calls, "call")}.`,
        fix: ["See whether the client runs and which URL it has; “Did it reach us?” shows how far it came."],
        actions: runSmoke(evidence),
      };
    }
    if (symptom !== "agent_fails" || (agent === null && client === null) || reach === null) return null;
    const isHere = reach.some(
      (one) => (agent !== null && one.agentId === agent.id) || (client !== null && one.client === client),
    );
    // Its door must be known to work: else its absence says nothing.
    const isDoorFine =
      agent === null ? isServed(evidence) : valueIn(evidence.smoke.asAgent)?.status === "passed";
    if (isHere || !isDoorFine) return null;
    return {
      confidence: "likely",
      sentence: `Nothing of ${said(agent?.name ?? client ?? "")} arrived in the window, while its door answers: the request never left it, or went elsewhere.`,
      fix: ["See which URL and credentials it is set up with, and whether its network lets it out."],
    };
  },
};

const isServed = ({ smoke }: Parameters<Rule["run"]>[0]): boolean =>
  valueIn(smoke.modern)?.status === "passed" || valueIn(smoke.legacy)?.status === "passed";

export const EMPTY_LOGS_RULES: readonly Rule[] = [retentionZero, pipelineStale, wrongUrl, blocked, noTraffic];
