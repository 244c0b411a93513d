"use client";

import { NewKeyDialog } from "#components/access-keys/new-key-dialog.tsx";
import { agentsKey, createAgentKey } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";
import { AgentKeyUsage } from "./agent-key-usage.tsx";

/** Makes a key of the agent, and shows commands that use it. */
export function NewAgentKeyDialog({ onClose }: { onClose: () => void }) {
  const { org, agent } = useAgent();
  return (
    <NewKeyDialog
      create={({ name, expiresAt }) => createAgentKey(org, agent.id, { name, expiresAt })}
      mayEmbed={false}
      queryKey={agentsKey(org)}
      onClose={onClose}
      usage={({ secret }) => <AgentKeyUsage secret={secret} />}
    />
  );
}
