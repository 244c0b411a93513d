import { z } from "zod";
import {
  ConsoleContext,
  ConsoleContextQuery,
  ConsoleLine,
  ConsoleLogPage,
  ConsoleLogQuery,
  ConsoleTailQuery,
  CreateSavedView,
  LogStorage,
  LogTimeline,
  ReplayRequest,
  ReplayResult,
  RequestDetail,
  SavedView,
  TimelineQuery,
} from "#lib/contract/index.ts";
import { replayRequest } from "#lib/domain/checks/index.ts";
import {
  getConsoleContext,
  getLogStorage,
  getLogTimeline,
  getRequest,
  listConsoleLines,
  listConsoleLog,
} from "#lib/domain/requests/index.ts";
import { createSavedView, deleteSavedView, listSavedViews } from "#lib/domain/saved-views/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Logs"];

export const logRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs/console",
    operationId: "listConsoleLog",
    summary: "The stored console lines of a hosted server, newest first, by page or by cursor",
    tags,
    access: "logs:read",
    query: ConsoleLogQuery,
    response: ConsoleLogPage,
    handle: ({ ctx, params, query }) =>
      listConsoleLog(ctx, { ...query, level: query.level?.join(","), server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs/console/context",
    operationId: "getConsoleContext",
    summary: "A console line among its neighbours, whatever filter it was found with",
    tags,
    access: "logs:read",
    query: ConsoleContextQuery,
    response: ConsoleContext,
    example: { query: { line: "epoch.1.1700000000000" } },
    handle: ({ ctx, params, query }) => getConsoleContext(ctx, { ...query, server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs/storage",
    operationId: "getLogStorage",
    summary:
      "What a server's logs take in the database, and for how long they may be kept; bytes are estimated",
    tags,
    access: "logs:read",
    response: LogStorage,
    handle: ({ ctx, params }) => getLogStorage(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs/timeline",
    operationId: "getLogTimeline",
    summary:
      "What the gateway, the runtime and its upstream calls left of one request, one session or one window, in the order of time, with what is missing",
    tags,
    access: "logs:read",
    query: TimelineQuery,
    response: LogTimeline,
    example: { query: { from: "2026-03-01T12:00:00.000Z", to: "2026-03-01T12:05:00.000Z" } },
    handle: ({ ctx, params, query }) => getLogTimeline(ctx, { ...query, server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/requests/{requestId}",
    operationId: "getRequest",
    summary:
      "Everything that is stored of one call: its messages, the console lines and upstream calls made during it, and what is missing",
    tags,
    access: "logs:read",
    response: RequestDetail,
    handle: ({ ctx, params }) => getRequest(ctx, { requestId: params.requestId }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/requests/{requestId}/replay",
    operationId: "replayRequest",
    summary:
      "Make a tool call again as a smoke test, and compare the answers; a tool that fails is an answer with status failed",
    tags,
    access: "checks:run",
    body: ReplayRequest,
    bodyOptional: true,
    response: ReplayResult,
    example: { body: { arguments: {} } },
    handle: ({ ctx, params, body }) =>
      replayRequest(ctx, { requestId: params.requestId, arguments: body.arguments }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/deployment/logs",
    operationId: "tailConsoleLines",
    summary: "The newest stored console lines of a hosted server, oldest of them first",
    tags,
    access: "logs:read",
    query: ConsoleTailQuery,
    response: z.array(ConsoleLine),
    handle: async ({ ctx, params, query: { tail, level } }) => {
      const page = await listConsoleLines(ctx, {
        server: params.server,
        limit: tail,
        ...(level ? { level } : {}),
      });
      return page.data;
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/saved-views",
    operationId: "listSavedViews",
    summary: "The saved views of a server's logs: the caller's own and those shared, by name",
    tags,
    access: "logs:read",
    response: z.array(SavedView),
    handle: ({ ctx, params }) => listSavedViews(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/saved-views",
    operationId: "createSavedView",
    summary: "Keep a filter of a log under a name",
    tags,
    access: "views:write",
    body: CreateSavedView,
    idempotency: "optional",
    response: SavedView,
    status: 201,
    example: { body: { log: "requests", name: "Failing calls", query: "level=error" } },
    handle: ({ ctx, params, body }) => createSavedView(ctx, { ...body, server: params.server }),
  }),
  defineRoute({
    method: "DELETE",
    path: "/organizations/{org}/mcp-servers/{server}/saved-views/{view}",
    operationId: "deleteSavedView",
    summary: "Delete a saved view",
    tags,
    access: "views:write",
    response: null,
    handle: async ({ ctx, params }) => {
      await deleteSavedView(ctx, { server: params.server, view: params.view });
      return undefined;
    },
  }),
];
