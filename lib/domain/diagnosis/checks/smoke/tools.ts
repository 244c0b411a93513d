import type { CheckResult } from "#lib/contract/index.ts";
import { notKnown } from "../../answers.ts";
import type { Check, CheckAnswer } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { serverPath, valueRef } from "../../facts/refs.ts";
import { clock, counted, listed } from "../../facts/words.ts";

export const tools: Check = {
  id: "smoke.tools",
  stage: "smoke",
  title: "Tools against the last good list",
  needs: ["smoke.tools"],
  run(evidence) {
    const list = valueIn(evidence.smoke.tools);
    const lookedAt = "The tools now and as they were last seen before the window.";
    if (list === null || list.current === null)
      return notKnown(lookedAt, "Nobody has seen the tools of this server yet.");
    const breaking = list.changed.filter((tool) => tool.breaking).map(({ name }) => name);
    const parts = [
      list.removed.length === 0 ? [] : [`${listed(list.removed)} removed`],
      breaking.length === 0 ? [] : [`${listed(breaking)} changed so that earlier calls may fail`],
      list.added.length === 0 ? [] : [`${listed(list.added)} added`],
    ].flat();
    const path = serverPath(evidence, "/tools");
    if (parts.length === 0)
      return {
        status: "pass",
        lookedAt,
        finding: `${counted(list.current.toolCount, "tool")}, as before.`,
        evidence: [
          valueRef(
            "smoke.tools.current",
            `${counted(list.current.toolCount, "tool")}`,
            path,
            list.current.seenAt,
          ),
        ],
        rulesOut: ["tool_removed", "client_cached_list"],
      };
    const finding = `Since ${list.changedAt === null ? "the last look" : clock(list.changedAt, evidence.at)}: ${parts.join("; ")}.`;
    const isWorse = list.removed.length > 0 || breaking.length > 0;
    return {
      status: isWorse ? "warn" : "pass",
      lookedAt,
      finding,
      evidence: [valueRef("smoke.tools", finding, path, list.changedAt)],
      supports: ["tool_removed", "client_cached_list", "schema_mismatch"],
      rulesOut: [],
    } satisfies CheckAnswer & { status: CheckResult["status"] };
  },
};
