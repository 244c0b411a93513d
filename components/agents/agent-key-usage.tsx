"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ConnectTabs } from "#components/gateways/connect-tabs.tsx";
import { Select } from "#components/ui/select.tsx";
import { agentServersQuery } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";

/** How a key that was just made is used, for each server that it opens. */
export function AgentKeyUsage({ secret }: { secret: string }) {
  const { org, agent } = useAgent();
  const servers = useQuery(agentServersQuery(org, agent.id));
  const [slug, setSlug] = useState<string | null>(null);
  const server = servers.data?.find((candidate) => candidate.serverSlug === slug) ?? servers.data?.[0];
  if (servers.data === undefined) return null;
  if (server === undefined)
    return <p className="text-muted text-sm">Attach a server, and the key has something to open.</p>;
  return (
    <div className="min-w-0 rounded-md border">
      <div className="flex flex-wrap items-center gap-2 border-b px-4 py-1.5">
        <p className="font-medium">Ready to use</p>
        {servers.data.length > 1 ? (
          <Select
            aria-label="Server"
            value={server.serverSlug}
            onChange={(event) => setSlug(event.target.value)}
            className="ml-auto max-w-52 text-xs"
          >
            {servers.data.map((candidate) => (
              <option key={candidate.serverId} value={candidate.serverSlug}>
                {candidate.serverName}
              </option>
            ))}
          </Select>
        ) : (
          <span className="ml-auto truncate text-faint text-xs">{server.serverName}</span>
        )}
      </div>
      <ConnectTabs name={server.serverSlug} url={server.url} credential={secret} />
    </div>
  );
}
