import type { AgentEntry, ServerDirectory, ServerEntry } from "../../directory/index.ts";
import type { Principal } from "../exchange.ts";
import { type Denial, denial } from "./denial.ts";
import { agentPageOf } from "./manage-pages.ts";

/** The agent that calls, as it is now; null for other callers and for one that was deleted. */
export function agentOf(
  principal: Principal | null,
  directory: Pick<ServerDirectory, "agentById">,
): AgentEntry | null {
  const agentId = principal?.agentId ?? null;
  return agentId === null ? null : (directory.agentById(agentId) ?? null);
}

/** Why an agent may not call a server now; null when it may, and for callers that are no agents. */
export function refusalOfAgent(
  principal: Principal,
  server: ServerEntry,
  { directory, publicUrl }: { directory: Pick<ServerDirectory, "agentById">; publicUrl: string },
): Denial | null {
  if (principal.agentId === null) return null;
  const agent = agentOf(principal, directory);
  if (agent?.organizationId !== server.organizationId || !agent.serverIds.has(server.id))
    return notAttached(principal, server, agent);
  return agent.isPaused ? paused(principal, agent, agentPageOf(publicUrl, server, agent.id)) : null;
}

const notAttached = (principal: Principal, server: ServerEntry, agent: AgentEntry | null): Denial =>
  denial("agent_not_attached", {
    code: "forbidden",
    outcome: "grant_denied",
    message: `This agent may not use the server ${server.slug}: it is not attached to it. Ask the owner to attach it.`,
    presented: { principal: principal.label, ...(agent === null ? {} : { agent: agent.name }) },
    expected: { attachedTo: server.slug },
    fix: `Attach the server ${server.slug} to the agent${agent === null ? "" : ` ${agent.name}`} on the agent's page.`,
    principal: principal.label,
  });

export const paused = (
  principal: Principal,
  { id, name, pauseReason }: AgentEntry,
  manageUrl: string,
): Denial =>
  denial("agent_paused", {
    code: "forbidden",
    outcome: "budget_denied",
    message: `This agent is paused${pauseReason === "loop_suspected" ? ", because it made the same call again and again" : ""}. Do not try again; ask its owner to resume it.`,
    presented: { status: "paused", principal: principal.label, agent: name },
    expected: { status: "active" },
    fix: `Resume the agent ${name} on its page${pauseReason === "loop_suspected" ? ", once it is clear why it repeated itself" : ""}.`,
    principal: principal.label,
    details: { pauseReason },
    limit: { limitSource: "agent_paused", scopeId: id, remainingMicros: null, resetsAt: null, manageUrl },
  });
