"use client";

import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAgent } from "./agent-context.tsx";

/** What the agent is, and who made it. */
export function AboutCard() {
  const { agent } = useAgent();
  return (
    <Card title="About">
      <DefinitionList>
        {agent.description ? (
          <Definition term="What it does">
            <span className="whitespace-pre-line">{agent.description}</span>
          </Definition>
        ) : null}
        <Definition term="Agent id">
          <span className="inline-flex max-w-full items-center gap-1">
            <code className="min-w-0 truncate text-xs">{agent.id}</code>
            <CopyButton value={agent.id} label="Copy agent id" className="size-6.5" />
          </span>
        </Definition>
        <Definition term="Created">
          <Time value={agent.createdAt} display="date" />
          {agent.createdBy ? <span className="text-muted"> by {agent.createdBy}</span> : null}
        </Definition>
        <Definition term="In logs">
          <span className="text-muted">
            as source <code className="text-xs">agent</code> and principal{" "}
            <code className="break-all text-xs">agent:{agent.id}</code>
          </span>
        </Definition>
      </DefinitionList>
    </Card>
  );
}
