import { z } from "zod";
import {
  CreateServer,
  Server,
  ServerConfig,
  ServerListItem,
  ToolList,
  UpdateServer,
  UpdateServerConfig,
} from "#lib/contract/index.ts";
import { listServers } from "#lib/domain/fleet/index.ts";
import {
  createServer,
  deleteServer,
  getServer,
  getServerConfig,
  listTools,
  updateServer,
  updateServerConfig,
} from "#lib/domain/servers/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Servers"];

export const serverRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers",
    operationId: "listServers",
    summary: "All servers by name, with what happened on them in the last 24 hours",
    tags,
    access: "servers:read",
    response: z.array(ServerListItem),
    handle: ({ ctx }) => listServers(ctx, {}),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers",
    operationId: "createServer",
    summary: "Make a server: hosted, whose code is uploaded, or connected by URL",
    tags,
    access: "servers:write",
    body: CreateServer,
    response: Server,
    status: 201,
    example: { body: { kind: "hosted", name: "Tickets", slug: "tickets-example", description: "" } },
    handle: ({ ctx, body }) => createServer(ctx, body),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}",
    operationId: "getServer",
    summary: "One server by id or slug",
    tags,
    access: "servers:read",
    response: Server,
    handle: ({ ctx, params }) => getServer(ctx, params),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}/mcp-servers/{server}",
    operationId: "updateServer",
    summary: "Change a server's name, description, direct access, retention or upstream URL",
    tags,
    access: "servers:write",
    body: UpdateServer,
    response: Server,
    example: { body: { description: "Answers questions about tickets" } },
    handle: ({ ctx, params, body }) => updateServer(ctx, { ...body, server: params.server }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/mcp-servers/{server}",
    operationId: "deleteServer",
    summary: "Delete a server: its URL stops answering and its slug is free again",
    tags,
    access: "servers:write",
    response: null,
    handle: async ({ ctx, params }) => {
      await deleteServer(ctx, { server: params.server });
      return undefined;
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/tools",
    operationId: "listTools",
    summary: "The tools as the last passed smoke saw them",
    tags,
    access: "servers:read",
    response: ToolList,
    handle: ({ ctx, params }) => listTools(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/config",
    operationId: "getServerConfig",
    summary: "The names of the environment variables; never their values",
    tags,
    access: "servers:read",
    response: ServerConfig,
    handle: ({ ctx, params }) => getServerConfig(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}/mcp-servers/{server}/config",
    operationId: "updateServerConfig",
    summary: "Set or remove environment variables",
    tags,
    access: "servers:write",
    body: UpdateServerConfig,
    response: ServerConfig,
    example: { body: { environment: { GREETING: "hello" } } },
    handle: ({ ctx, params, body }) => updateServerConfig(ctx, { ...body, server: params.server }),
  }),
];
