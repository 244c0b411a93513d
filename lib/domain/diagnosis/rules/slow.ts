import type { Evidence } from "#lib/contract/index.ts";
import type { Asked } from "../check.ts";
import { isUnread, valueIn } from "../facts/collected.ts";
import { slowdownOf, startsSlowdownOf, upstreamSlowdownOf } from "../facts/latency.ts";
import { bytes, counted, milliseconds } from "../facts/words.ts";
import { runSmoke } from "./actions.ts";
import type { Rule } from "./rule.ts";

/** Answers that became so much larger explain that they take longer. */
const LARGE_BYTES_MIN = 262_144;

function growthOfAnswers(evidence: Evidence): { now: number; before: number } | null {
  const counts = valueIn(evidence.logs.counts);
  const now = counts?.now.responseBytesP95 ?? null;
  const before = counts?.before.responseBytesP95 ?? null;
  return now !== null && before !== null && now >= LARGE_BYTES_MIN && now >= 4 * before
    ? { now, before }
    : null;
}

const total = (evidence: Evidence, asked: Asked): string => {
  const slow = slowdownOf(evidence, asked);
  return slow === null ? "" : `p95 rose from ${milliseconds(slow.beforeMs)} to ${milliseconds(slow.nowMs)}`;
};

const largePayload: Rule = {
  code: "large_payload",
  hop: "upstream",
  run(evidence, asked) {
    const grew = growthOfAnswers(evidence);
    if (grew === null || slowdownOf(evidence, asked) === null) return null;
    return {
      confidence: "certain",
      sentence: `Answers grew from ${bytes(grew.before)} to ${bytes(grew.now)} (p95), and ${total(evidence, asked)} with them.`,
      fix: ["Answer with less: pages, fewer fields, or a link to the whole."],
    };
  },
};

const upstreamSlow: Rule = {
  code: "upstream_slow",
  hop: "upstream",
  run(evidence, asked) {
    const slow = upstreamSlowdownOf(evidence, asked);
    if (slow === null) return null;
    return {
      confidence:
        growthOfAnswers(evidence) === null && !isUnread(evidence.logs.counts) ? "certain" : "likely",
      sentence: `The upstream takes ${milliseconds(slow.nowMs)} instead of ${milliseconds(slow.beforeMs)} (p95): ${total(evidence, asked)}.`,
      fix: ["Ask whoever runs the upstream; cache what does not change, and give calls a time limit."],
      actions: runSmoke(evidence),
    };
  },
};

const coldStart: Rule = {
  code: "cold_start",
  hop: "runtime",
  run(evidence, asked) {
    const starts = startsSlowdownOf(evidence, asked);
    if (starts === null) return null;
    return {
      confidence: "certain",
      sentence: `${counted(starts.calls, "call")} waited up to ${milliseconds(starts.waitedMs)} for a runtime to start: ${total(evidence, asked)}.`,
      fix: ["Do less when the module loads, or keep the server busy with a canary every few minutes."],
    };
  },
};

const queueing: Rule = {
  code: "queueing",
  hop: "runtime",
  run(evidence, asked) {
    if (evidence.subject.server?.kind !== "hosted" || slowdownOf(evidence, asked) === null) return null;
    if (startsSlowdownOf(evidence, asked) !== null || upstreamSlowdownOf(evidence, asked) !== null)
      return null;
    return {
      confidence:
        growthOfAnswers(evidence) === null && !isUnread(evidence.logs.counts) ? "certain" : "likely",
      sentence: `Calls wait for one another in the server's runtime: ${total(evidence, asked)}, and neither its upstream nor a start takes that time.`,
      fix: [
        "Let the tool compute less, or spread the calls; the gateway can limit how many a caller has open at once.",
      ],
    };
  },
};

export const SLOW_RULES: readonly Rule[] = [largePayload, upstreamSlow, coldStart, queueing];
