import { nothingFound, notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { failuresOfKind } from "../../facts/failures.ts";
import { serverPath, valueRef } from "../../facts/refs.ts";
import { bytes, clock, counted, milliseconds, quoted, said } from "../../facts/words.ts";

export const crashes: Check = {
  id: "hosting.crashes",
  stage: "hosting",
  title: "Ends of runtimes",
  needs: ["hosting.crashes"],
  run(evidence) {
    const lookedAt = "Runtimes that ended by themselves in the window.";
    const ended = (valueIn(evidence.hosting.crashes) ?? []).filter(
      ({ at }) => at >= evidence.window.from && at < evidence.window.to,
    );
    const [newest] = ended;
    if (newest === undefined) return nothingFound(lookedAt, "None.", ["runtime_crash"]);
    const hits = failuresOfKind(evidence, "crash").length > 0 || ended.length >= 3;
    return {
      status: hits ? "fail" : "warn",
      lookedAt,
      finding: `The runtime ended ${counted(ended.length, "time")}, last at ${clock(newest.at, evidence.at)}: ${quoted(newest.reason, 300)}.`,
      evidence: ended
        .slice(0, 10)
        .map((crash, place) =>
          valueRef(
            `hosting.crashes.${place}`,
            `${said(crash.region)}: ${said(crash.reason, 200)}`,
            serverPath(evidence, "/hosting"),
            crash.at,
          ),
        ),
      supports: ["runtime_crash"],
    };
  },
};

const CAP_WORDS = {
  toolCallDurationMs: {
    name: "time of a tool call",
    shown: milliseconds,
    cause: "time_cap",
    kind: "too_long",
  },
  requestBytes: { name: "size of a request", shown: bytes, cause: "size_cap", kind: "too_large" },
  responseBytes: { name: "size of an answer", shown: bytes, cause: "size_cap", kind: "too_large" },
} as const;

export const caps: Check = {
  id: "hosting.caps",
  stage: "hosting",
  title: "Caps of the plan",
  needs: ["hosting.caps"],
  run(evidence) {
    const lookedAt = "The largest calls of 24 hours against the caps of the plan.";
    const all = valueIn(evidence.hosting.caps) ?? [];
    const path = serverPath(evidence, "/hosting");
    const refs = all.map(({ cap, max, peak24h, exceeded24h }) =>
      valueRef(
        `hosting.caps.${cap}`,
        `${CAP_WORDS[cap].name}: at most ${CAP_WORDS[cap].shown(max)}, largest ${CAP_WORDS[cap].shown(peak24h)}, ${exceeded24h} over it`,
        path,
      ),
    );
    const over = all.filter(({ exceeded24h }) => exceeded24h > 0);
    if (over.length === 0)
      return {
        status: all.length === 0 ? "skipped" : "pass",
        lookedAt,
        finding: "No call met a cap.",
        evidence: refs,
      };
    const isNow = over.some(({ cap }) => failuresOfKind(evidence, CAP_WORDS[cap].kind).length > 0);
    return {
      status: isNow ? "fail" : "warn",
      lookedAt,
      finding: `${over.map(({ cap, max, exceeded24h }) => `${counted(exceeded24h, "call")} met the cap on the ${CAP_WORDS[cap].name} (${CAP_WORDS[cap].shown(max)})`).join("; ")} in 24 hours.`,
      evidence: refs,
      supports: over.map(({ cap }) => CAP_WORDS[cap].cause),
    };
  },
};

export const starts: Check = {
  id: "hosting.cold_starts",
  stage: "hosting",
  title: "Cold starts",
  needs: ["logs.hops"],
  run(evidence) {
    const hops = valueIn(evidence.logs.hops);
    const lookedAt = "Calls that waited for a runtime to start.";
    if (hops === null) return notKnown(lookedAt);
    const { coldStarts, startP95Ms } = hops.now;
    return {
      status: coldStarts === 0 ? "pass" : "warn",
      lookedAt,
      finding:
        coldStarts === 0
          ? "None."
          : `${counted(coldStarts, "call")}${startP95Ms === null ? "" : `, up to ${milliseconds(startP95Ms)}`}; ${hops.before.coldStarts} in the window before.`,
      evidence: [
        valueRef(
          "logs.hops.now.coldStarts",
          `${counted(coldStarts, "call")} waited`,
          serverPath(evidence, "/hosting"),
        ),
      ],
      supports: ["cold_start"],
      rulesOut: coldStarts === 0 ? ["cold_start"] : [],
    };
  },
};
