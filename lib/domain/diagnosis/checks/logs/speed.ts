import { notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { slowdownOf, upstreamSlowdownOf } from "../../facts/latency.ts";
import { logPath, valueRef } from "../../facts/refs.ts";
import { bytes, milliseconds } from "../../facts/words.ts";

export const latency: Check = {
  id: "logs.latency",
  stage: "logs",
  title: "Durations by hop",
  needs: ["logs.hops"],
  run(evidence, asked) {
    const hops = valueIn(evidence.logs.hops);
    const lookedAt =
      "The 95th percentile of durations, in all and at the hop behind, against the window before.";
    if (hops === null || hops.now.totalP95Ms === null)
      return notKnown(lookedAt, "No call of the window was measured.");
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
    // Slower than before, but not by so much that anybody who asks something else must hear of it.
    const isSlower = slowdownOf(evidence, { symptom: "slow" }) !== null;
    if (total === null)
      return {
        status: hops.before.totalP95Ms === null ? "unknown" : isSlower ? "warn" : "pass",
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

export const sizes: Check = {
  id: "logs.sizes",
  stage: "logs",
  title: "Sizes of answers",
  needs: ["logs.counts"],
  run(evidence) {
    const counts = valueIn(evidence.logs.counts);
    const lookedAt = "The 95th percentile of the sizes of answers, against the window before.";
    const now = counts?.now.responseBytesP95 ?? null;
    const before = counts?.before.responseBytesP95 ?? null;
    if (now === null) return notKnown(lookedAt, "No call of the window was measured.");
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
