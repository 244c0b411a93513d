import type { Check } from "../../check.ts";
import { changeBefore, configurationsOf, deploymentsOf } from "../../facts/changes.ts";
import { valueIn } from "../../facts/collected.ts";
import { serverPath } from "../../facts/refs.ts";
import { clock, counted, said } from "../../facts/words.ts";

export const changes: Check = {
  id: "hosting.changes",
  stage: "hosting",
  title: "Changes",
  needs: ["hosting.changes"],
  run(evidence) {
    const lookedAt =
      "Deployments, settings and secrets that were changed in the window or in the two hours before it.";
    const all = valueIn(evidence.hosting.changes) ?? [];
    const deployment = changeBefore(evidence, deploymentsOf(evidence));
    const configuration = changeBefore(evidence, configurationsOf(evidence));
    const path = serverPath(evidence, "/hosting");
    const refs = all.slice(0, 10).map((change) => ({
      kind: "change" as const,
      id: change.id,
      label: `${said(change.action, 80)}${change.detail === "" ? "" : `: ${said(change.detail, 200)}`} by ${said(change.actor, 80)}`,
      at: change.at,
      path: change.kind === "operation" ? path : "/settings/audit-log",
    }));
    if (deployment === null && configuration === null)
      return {
        status: "pass",
        lookedAt,
        finding:
          all.length === 0
            ? "Nothing was changed."
            : `${counted(all.length, "change")}, and nothing began to fail after one.`,
        evidence: refs,
        rulesOut: ["config_change", "bad_deployment"],
      };
    const causes = [deployment, configuration].filter((found) => found !== null);
    const ids = new Set(causes.map(({ change }) => change.id));
    const found = causes[0];
    return {
      status: "warn",
      lookedAt,
      finding:
        found === undefined
          ? ""
          : `Calls began to fail after ${said(found.change.action, 80)} at ${clock(found.change.at, evidence.at)} (${said(found.change.detail, 200)}) by ${said(found.change.actor, 80)}.`,
      evidence: [...refs.filter(({ id }) => ids.has(id)), ...refs.filter(({ id }) => !ids.has(id))],
      supports: [
        ...(deployment ? (["bad_deployment"] as const) : []),
        ...(configuration ? (["config_change"] as const) : []),
      ],
    };
  },
};
