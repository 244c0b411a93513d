import { z } from "zod";
import {
  ConsoleLine,
  ConsoleTailQuery,
  RequestDetail,
  RequestLogQuery,
  RequestPage,
} from "#lib/contract/index.ts";
import { getRequest, listConsoleLines, listRequests } from "#lib/domain/requests/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Logs"];

export const requestRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs",
    operationId: "listRequests",
    summary: "The request log of a server, newest first, by page or by cursor",
    tags,
    access: "logs:read",
    query: RequestLogQuery,
    response: RequestPage,
    handle: ({ ctx, params, query }) => listRequests(ctx, { ...wireQuery(query), server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/requests/{requestId}",
    operationId: "getRequest",
    summary: "Everything that is stored of one call: its messages and the console lines written during it",
    tags,
    access: "logs:read",
    response: RequestDetail,
    handle: ({ ctx, params }) => getRequest(ctx, { requestId: params.requestId }),
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
];

/** A verb parses its input itself: lists go back to the form in which they came. */
const wireQuery = (query: RequestLogQuery): z.input<typeof RequestLogQuery> => ({
  ...query,
  level: query.level?.join(","),
  outcome: query.outcome?.join(","),
  source: query.source?.join(","),
});
