import { notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { serverPath, valueRef } from "../../facts/refs.ts";
import { isPlaceDown, regionsDown } from "../../facts/regions.ts";
import { clock, counted, listed, quoted, said } from "../../facts/words.ts";

export const regions: Check = {
  id: "hosting.regions",
  stage: "hosting",
  title: "Regions",
  needs: ["hosting.regions"],
  run(evidence) {
    const all = valueIn(evidence.hosting.regions) ?? [];
    const lookedAt = "Heartbeats of the edges and the last hosting check of each region.";
    const path = serverPath(evidence, "/hosting");
    const down = regionsDown(evidence);
    const refs = all.map((region) =>
      valueRef(`hosting.regions.${region.region}`, `${said(region.region)}: ${region.state}`, path),
    );
    if (down.length > 0)
      return {
        status: "fail",
        lookedAt,
        finding: `${counted(down.length, "region")} of ${all.length} ${down.length === 1 ? "is" : "are"} down: ${listed(down.map(({ region, why }) => `${said(region)} (${why})`))}.`,
        evidence: refs.slice(0, 10),
        supports: isPlaceDown(evidence) ? ["region_down"] : [],
        fix: ["See the Hosting page for the step that fails there."],
      };
    const unknown = all.filter(({ state }) => state === "unknown");
    if (all.length === 0 || unknown.length === all.length)
      return notKnown(lookedAt, "No region was checked since the last change.");
    const degraded = all.filter(({ state }) => state === "degraded").map(({ region }) => region);
    return {
      status: degraded.length > 0 ? "warn" : "pass",
      lookedAt,
      finding:
        degraded.length > 0
          ? `${listed(degraded)} ${degraded.length === 1 ? "is" : "are"} degraded.`
          : `${counted(all.length - unknown.length, "region")} healthy.`,
      evidence: refs.slice(0, 10),
      rulesOut: degraded.length === 0 && unknown.length === 0 ? ["region_down"] : [],
    };
  },
};

export const hostingCheck: Check = {
  id: "hosting.check",
  stage: "hosting",
  title: "Hosting check",
  needs: ["hosting.check"],
  run(evidence) {
    const check = valueIn(evidence.hosting.check);
    const lookedAt = "Name, certificate, route, runtime and tools on every edge.";
    if (check === null) return notKnown(lookedAt, "It was not made.");
    const path = serverPath(evidence, "/hosting");
    const bad = check.regions.flatMap(({ region, steps }) =>
      steps.filter((step) => step.status === "failed").map((step) => ({ region, step })),
    );
    const [worst] = bad;
    if (worst !== undefined)
      return {
        status: "fail",
        lookedAt,
        finding: `${worst.step.name} failed in ${listed([...new Set(bad.map(({ region }) => region))])}: ${quoted(worst.step.detail, 300)}.`,
        evidence: bad
          .slice(0, 10)
          .map(({ region, step }) =>
            valueRef(
              `hosting.check.${region}.${step.name}`,
              `${said(region)} ${step.name}: ${said(step.detail, 200)}`,
              path,
              check.checkedAt,
            ),
          ),
        supports: isPlaceDown(evidence) ? ["region_down"] : [],
        fix: bad.flatMap(({ step }) => (step.fix === "" ? [] : [said(step.fix, 300)])).slice(0, 3),
      };
    return {
      status: check.regions.length === 0 ? "unknown" : "pass",
      lookedAt,
      finding:
        check.regions.length === 0
          ? "No edge answered."
          : `Every step passed in ${counted(check.regions.length, "place")}.`,
      evidence:
        check.regions.length === 0
          ? []
          : [
              valueRef(
                "hosting.check",
                `checked ${clock(check.checkedAt, evidence.at)}`,
                path,
                check.checkedAt,
              ),
            ],
    };
  },
};
