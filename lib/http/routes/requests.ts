import type { z } from "zod";
import { RequestLogQuery, RequestPage } from "#lib/contract/index.ts";
import { listRequests } from "#lib/domain/requests/index.ts";
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
];

/** A verb parses its input itself: lists go back to the form in which they came. */
const wireQuery = (query: RequestLogQuery): z.input<typeof RequestLogQuery> => ({
  ...query,
  level: query.level?.join(","),
  outcome: query.outcome?.join(","),
  source: query.source?.join(","),
});
