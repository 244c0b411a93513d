"use client";

import { useQueries } from "@tanstack/react-query";
import { toolsQuery } from "#lib/client/queries/servers.ts";
import type { Attachment } from "#lib/contract/index.ts";
import { useGateway } from "./gateway-context.tsx";
import type { KnownTools } from "./tool-coverage.ts";

/** Of how many servers the tools are read: one request each. */
const SERVERS_MAX = 25;

export interface ToolsOfServers {
  readonly known: readonly KnownTools[];
  readonly isPending: boolean;
  /** Servers whose tools were not asked for, because there are too many. */
  readonly leftOut: number;
}

/** The tools of the servers behind the gateway, or of one of them, as their last passed smoke test saw them. */
export function useKnownTools(serverId: string | null): ToolsOfServers {
  const { org, gateway } = useGateway();
  const wanted: Attachment[] = gateway.servers.filter(
    (server) => serverId === null || server.serverId === serverId,
  );
  const asked = wanted.slice(0, SERVERS_MAX);
  const lists = useQueries({ queries: asked.map((server) => toolsQuery(org, server.serverSlug)) });
  return {
    known: asked.map((server, index) => {
      const list = lists[index]?.data;
      return {
        serverId: server.serverId,
        serverName: server.serverName,
        tools: list === undefined || list.asOf === null ? null : list.tools.map((tool) => tool.name),
      };
    }),
    isPending: lists.some((list) => list.isPending),
    leftOut: wanted.length - asked.length,
  };
}
