/**
 * Agents: the caller identities that an organization owns, how they prove themselves, which servers they may call and which
 * tools that comes to. Every change is told to the data plane before its verb answers.
 */
export { AgentRef, type AgentRow, getAgentRow } from "./agent-row.ts";
export { attachAgentServer } from "./attach-agent-server.ts";
export { createAgent } from "./create-agent.ts";
export { createAgentKey } from "./create-agent-key.ts";
export { deleteAgent } from "./delete-agent.ts";
export { statusOf } from "./describe-agents.ts";
export { detachAgentServer } from "./detach-agent-server.ts";
export { loadAgentEntries } from "./directory-entries.ts";
export { effectiveTools, toolsOnServer } from "./effective-tools.ts";
export { getAgent } from "./get-agent.ts";
export { listAgentKeys } from "./list-agent-keys.ts";
export { listAgentServers } from "./list-agent-servers.ts";
export { listAgents } from "./list-agents.ts";
export { pauseAgent } from "./pause-agent.ts";
export { resumeAgent } from "./resume-agent.ts";
export { revokeAgentKey } from "./revoke-agent-key.ts";
export { rotateAgentKey } from "./rotate-agent-key.ts";
export { pauseOf, setPause } from "./set-pause.ts";
export { updateAgent } from "./update-agent.ts";
