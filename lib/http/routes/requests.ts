import {
  ExportQuery,
  Facets,
  Histogram,
  HistogramQuery,
  type RequestFilter,
  RequestLogQuery,
  RequestPage,
  StoredLogFilter,
} from "#lib/contract/index.ts";
import { exportLog, getLogFacets, getLogHistogram, listRequests } from "#lib/domain/requests/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Logs"];

export const requestRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs",
    operationId: "listRequests",
    summary:
      "The request log of a server, newest first, by page or by cursor; with q, as far as the search came",
    tags,
    access: "logs:read",
    query: RequestLogQuery,
    response: RequestPage,
    handle: ({ ctx, params, query }) => listRequests(ctx, { ...asWritten(query), server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs/histogram",
    operationId: "getLogHistogram",
    summary: "Rows of a log per bar of time and level",
    tags,
    access: "logs:read",
    query: HistogramQuery,
    response: Histogram,
    handle: ({ ctx, params, query }) => getLogHistogram(ctx, { ...asWritten(query), server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs/facets",
    operationId: "getLogFacets",
    summary: "The most frequent values of a log, each under all filters but its own",
    tags,
    access: "logs:read",
    query: StoredLogFilter,
    response: Facets,
    handle: ({ ctx, params, query }) => getLogFacets(ctx, { ...asWritten(query), server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/logs/export",
    operationId: "exportLog",
    summary:
      "The rows of a log as a file, newest first. NDJSON and text end with how many rows there are and whether older ones are left out; a CSV with as many rows as X-Export-Rows-Max may be cut. A file that ends with a broken connection is not whole",
    tags,
    access: "logs:read",
    query: ExportQuery,
    response: { streamed: ["application/x-ndjson", "text/csv", "text/plain"] },
    handle: async ({ ctx, params, query }) => {
      const { rowsMax, ...file } = await exportLog(ctx, { ...asWritten(query), server: params.server });
      return { ...file, headers: { "x-export-rows-max": String(rowsMax) } };
    },
  }),
];

/** A verb parses its input itself: lists go back to the form in which they came. */
const asWritten = <Query extends Pick<RequestFilter, "level" | "outcome" | "source">>(query: Query) => ({
  ...query,
  level: query.level?.join(","),
  outcome: query.outcome?.join(","),
  source: query.source?.join(","),
});
