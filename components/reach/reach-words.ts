import type { ClientReach, ReachStage } from "#lib/contract/reach.ts";

export const STAGE_LABELS: Readonly<Record<ReachStage, string>> = {
  discovery: "Discovery",
  authorization: "Authorization",
  initialize: "Initialize",
  "tools/list": "tools/list",
  "tools/call": "tools/call",
};

export type StageState = ClientReach["stages"][number]["state"];
export const STATE_WORDS: Readonly<Record<StageState, string>> = {
  passed: "passed",
  failed: "failed",
  not_seen: "not seen",
  not_needed: "not needed",
};

/** The name of a caller that introduced itself; one that did not is said to have none. */
export const clientLabel = ({ client }: Pick<ClientReach, "client">): string =>
  client === "" ? "no client name" : client;

/** What a client's way says in one sentence: where it stands, and what is missing next. */
export function reachSentence({ stages, lastStage }: Pick<ClientReach, "stages" | "lastStage">): string {
  const failed = stages.findLast(({ state }) => state === "failed");
  if (failed && (lastStage === null || failed.stage === lastStage))
    return `Stopped at ${STAGE_LABELS[failed.stage]}.`;
  if (lastStage === "tools/call") return "Called tools.";
  const next = stages.find(
    ({ state }, index) =>
      state === "not_seen" && index > stages.findIndex(({ stage }) => stage === lastStage),
  );
  if (next === undefined) return "";
  return `${STAGE_LABELS[next.stage]} never arrived in this window.`;
}

/** Tells rows apart: one client may come by two doors and as several callers. */
export const keyOfReach = ({ client, principal, agentId, door }: ClientReach): string =>
  [client, principal ?? "", agentId ?? "", door].join("\n");
