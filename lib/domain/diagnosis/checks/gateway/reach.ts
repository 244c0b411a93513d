import { notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { serverPath } from "../../facts/refs.ts";
import { counted, listed, said } from "../../facts/words.ts";

export const reach: Check = {
  id: "gateway.reach",
  stage: "gateway",
  title: "How far clients came",
  needs: ["gateway.reach"],
  run(evidence, { symptom }) {
    const { client, agent } = evidence.subject;
    const all = valueIn(evidence.gateway.reach) ?? [];
    const asked = all.filter(
      (one) => (client !== null && one.client === client) || (agent !== null && one.agentId === agent.id),
    );
    const lookedAt = "Discovery, authorization, initialize, tools/list and tools/call of each client.";
    const whom = agent === null ? client : agent.name;
    const path = serverPath(evidence, "/logs");
    if (whom !== null && asked.length === 0)
      return {
        status: symptom === null ? "unknown" : "warn",
        lookedAt,
        finding: `Nothing of ${said(whom, 100)} arrived in the window.`,
        evidence: [
          { kind: "reach", id: "gateway.reach", label: `0 requests of ${said(whom, 100)}`, at: null, path },
        ],
        supports: ["no_traffic"],
      };
    const shown = whom === null ? all : asked;
    if (shown.length === 0) return notKnown(lookedAt, "No client came.");
    const stuck = shown.filter(
      ({ stages }) =>
        stages.some(({ stage, state }) => stage === "tools/call" && state === "passed") === false &&
        stages.some(({ state }) => state === "failed"),
    );
    return {
      status: stuck.length > 0 && (whom !== null || stuck.length === shown.length) ? "warn" : "pass",
      lookedAt,
      finding:
        stuck.length === 0
          ? `${counted(shown.length, "client")} came as far as they went on.`
          : `${listed(
              stuck.map(
                (one) =>
                  `${one.client === "" ? "an unnamed client" : said(one.client, 80)} got no further than ${one.lastStage ?? "the door"}`,
              ),
              3,
            )}.`,
      evidence: shown.slice(0, 5).map((one) => ({
        kind: "reach",
        id: `gateway.reach.${said(one.client, 80)}`,
        label: `${one.client === "" ? "unnamed client" : said(one.client, 80)}: last ${one.lastStage ?? "nothing"}`,
        at: one.lastAt,
        path,
      })),
      rulesOut: ["no_traffic"],
    };
  },
};
