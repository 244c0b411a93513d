import type { Evidence, SuggestedAction } from "#lib/contract/index.ts";
import { said } from "../facts/words.ts";

const onServer = (
  { subject: { server } }: Evidence,
  action: SuggestedAction["action"],
  labelOf: (slug: string) => string,
): SuggestedAction[] =>
  server === null || server.isDeleted
    ? []
    : [{ action, targetId: server.id, label: said(labelOf(server.slug), 300) }];

export const runSmoke = (evidence: Evidence): SuggestedAction[] =>
  onServer(evidence, "run_smoke", (slug) => `Run a smoke test of ${slug}`);
export const restart = (evidence: Evidence): SuggestedAction[] =>
  evidence.subject.server?.kind === "hosted"
    ? onServer(evidence, "restart", (slug) => `Restart ${slug}`)
    : [];
/** `detail` of a publish names the version before: `version 1.0.0 to 1.1.0`. */
export function rollBack(evidence: Evidence, detail: string): SuggestedAction[] {
  const previous = /^version (\S+) to \S+$/.exec(detail)?.[1];
  return previous === undefined
    ? []
    : onServer(evidence, "roll_back", (slug) => `Roll ${slug} back to ${previous}`);
}
function onAgent(
  { subject: { agent } }: Evidence,
  action: SuggestedAction["action"],
  label: string,
): SuggestedAction[] {
  return agent === null ? [] : [{ action, targetId: agent.id, label: said(`${label} ${agent.name}`, 300) }];
}
export const resumeAgent = (evidence: Evidence): SuggestedAction[] =>
  onAgent(evidence, "resume_agent", "Resume");
export const raiseBudget = (evidence: Evidence): SuggestedAction[] =>
  onAgent(evidence, "raise_budget", "Raise the budget of");
/** The agent that is asked about, or the one that was found. */
export const pauseAgent = (evidence: Evidence, found?: { id: string; name: string }): SuggestedAction[] => {
  const agent = found ?? evidence.subject.agent;
  return agent === null || agent === undefined
    ? []
    : [{ action: "pause_agent", targetId: agent.id, label: said(`Pause ${agent.name}`, 300) }];
};
export const rotateKey = (key: { id: string; name: string }): SuggestedAction[] => [
  { action: "rotate_key", targetId: key.id, label: said(`Make a new key in place of ${key.name}`, 300) },
];
