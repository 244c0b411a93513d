"use client";

import { useQuery } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import Link from "next/link";
import { parseAsString, useQueryState } from "nuqs";
import { ConnectTabs } from "#components/gateways/connect-tabs.tsx";
import { ServerUrl } from "#components/servers/server-url.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { agentServersQuery } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";

/** What stands for a key until there is one. */
const KEY_PLACEHOLDER = "YOUR_AGENT_KEY";

/** How the agent's code connects to each of its servers, to copy. */
export function AgentConnectCard() {
  const { org, agent, mayWrite } = useAgent();
  const servers = useQuery(agentServersQuery(org, agent.id));
  const [slug, setSlug] = useQueryState("server", parseAsString);
  const server = servers.data?.find((candidate) => candidate.serverSlug === slug) ?? servers.data?.[0];
  if (servers.data === undefined)
    return (
      <Card title="Connect">
        {servers.isError ? (
          <QueryError query={servers} title="The servers could not be loaded" />
        ) : (
          <div aria-busy="true" className="grid gap-3 p-4">
            <Skeleton className="h-7 w-2/3" />
            <Skeleton className="h-40 w-full" />
          </div>
        )}
      </Card>
    );
  if (server === undefined)
    return (
      <Card title="Connect">
        <EmptyState
          icon={Link2}
          title="Nothing to connect to yet"
          action={
            mayWrite ? (
              <Button asChild variant="primary">
                <Link href={`/${org}/agents/${agent.id}/servers?attach=true`}>Attach a server</Link>
              </Button>
            ) : null
          }
        >
          Each server that is attached gets its URL and ready snippets here.
        </EmptyState>
      </Card>
    );
  return (
    <Card
      title="Connect"
      actions={
        servers.data.length > 1 ? (
          <Select
            aria-label="Server"
            value={server.serverSlug}
            onChange={(event) => void setSlug(event.target.value)}
            className="max-w-44 text-xs"
          >
            {servers.data.map((candidate) => (
              <option key={candidate.serverId} value={candidate.serverSlug}>
                {candidate.serverName}
              </option>
            ))}
          </Select>
        ) : null
      }
    >
      <div className="grid gap-2 border-b px-4 py-2.5">
        <ServerUrl url={server.url} className="w-fit" />
        <p className="text-muted text-xs">
          {server.gateway === null ? "Its direct URL" : `Through the gateway ${server.gateway.name}`}. Put a
          key of this agent where {KEY_PLACEHOLDER} stands;{" "}
          <Link href={`/${org}/agents/${agent.id}/keys`} className="text-accent underline">
            Keys
          </Link>{" "}
          makes one.
        </p>
      </div>
      <ConnectTabs name={server.serverSlug} url={server.url} credential={KEY_PLACEHOLDER} />
      <EndUserHint />
    </Card>
  );
}

/** How calls for different people are told apart, so that one of them cannot spend for all. */
const EndUserHint = () => (
  <div className="grid grid-cols-1 gap-2 border-t p-4">
    <p className="text-muted text-xs">
      When it works for several people, say for whom with each call: then caps per user and per session count,
      and usage tells them apart. As headers, or as{" "}
      <code className="break-all">{'_meta: {"mcpstack/endUser": "…", "mcpstack/session": "…"}'}</code> of a
      call.
    </p>
    <CodeBlock label="headers" code={"X-MCPStack-End-User: user-42\nX-MCPStack-Session: conversation-7"} />
  </div>
);
