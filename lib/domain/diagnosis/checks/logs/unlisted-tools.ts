import { nothingFound } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { logPath, valueRef } from "../../facts/refs.ts";
import { unlistedTools } from "../../facts/tool-lists.ts";
import { wantedRemovedTools, wantedUnknownTools } from "../../facts/tools.ts";
import { clock, counted, listed, said } from "../../facts/words.ts";

export const unlisted: Check = {
  id: "logs.unlisted_tools",
  stage: "logs",
  title: "Calls of tools that are not listed",
  needs: ["logs.unlistedTools"],
  run(evidence) {
    const lookedAt = "Tools of failing calls against every list of the server's tools that was seen.";
    const all = unlistedTools(evidence);
    if (all.length === 0)
      return nothingFound(lookedAt, "Callers name tools that the server lists.", ["tool_unknown"]);
    const unknown = new Set(wantedUnknownTools(evidence).map(({ tool }) => tool));
    const removed = new Set(wantedRemovedTools(evidence));
    const telling = all.filter(({ tool }) => unknown.has(tool) || removed.has(tool));
    const told = (one: (typeof all)[number]): string =>
      `${said(one.tool, 80)}: ${counted(one.calls, "call")}, ${one.lastOfferedAt === null ? "on no list ever seen" : `last listed at ${clock(one.lastOfferedAt, evidence.at)}`}`;
    const shown = telling.length > 0 ? telling : all;
    return {
      status: telling.length > 0 ? "fail" : "pass",
      lookedAt,
      finding: `${listed(shown.map(told), 3)}.`,
      evidence: shown
        .slice(0, 5)
        .map((one) =>
          valueRef(
            `logs.unlistedTools.${said(one.tool, 80)}`,
            told(one),
            logPath(evidence, { tool: one.tool }),
            one.lastAt,
          ),
        ),
      supports: [
        ...(unknown.size > 0 ? (["tool_unknown"] as const) : []),
        ...(removed.size > 0 ? (["tool_removed", "client_cached_list"] as const) : []),
      ],
    };
  },
};
