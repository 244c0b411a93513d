import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  CreateServer,
  Server,
  ServerConfig,
  ServerListItem,
  ToolList,
  UpdateServer,
  UpdateServerConfig,
} from "#lib/contract/index.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";

/** Everything of one server lives under this key; the list is beside it. */
export const serverKey = (org: string, server: string) =>
  [...organizationKey(org), "mcp-servers", server] as const;
export const serverPath = (org: string, server: string, ...rest: string[]): string =>
  apiPath("organizations", org, "mcp-servers", server, ...rest);

export const serversQuery = (org: string) =>
  queryOptions({
    queryKey: [...organizationKey(org), "mcp-servers"],
    queryFn: ({ signal }) =>
      api.get<ServerListItem[]>(apiPath("organizations", org, "mcp-servers"), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const serverQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "self"],
    queryFn: ({ signal }) => api.get<Server>(serverPath(org, server), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const toolsQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "tools"],
    queryFn: ({ signal }) => api.get<ToolList>(serverPath(org, server, "tools"), { signal }),
  });

export const serverConfigQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "config"],
    queryFn: ({ signal }) =>
      api.get<z.infer<typeof ServerConfig>>(serverPath(org, server, "config"), { signal }),
  });

export const createServer = (org: string, input: z.input<typeof CreateServer>) =>
  api.post<Server>(apiPath("organizations", org, "mcp-servers"), input);
export const updateServer = (org: string, server: string, change: z.input<typeof UpdateServer>) =>
  api.patch<Server>(serverPath(org, server), change);
export const deleteServer = (org: string, server: string) => api.delete(serverPath(org, server));
export const updateServerConfig = (org: string, server: string, change: z.input<typeof UpdateServerConfig>) =>
  api.patch<z.infer<typeof ServerConfig>>(serverPath(org, server, "config"), change);
