import { z } from "zod";
import {
  ConsoleLogPage,
  LogLevel,
  Outcome,
  RequestDetail,
  RequestFilter,
  RequestPage,
  Timestamp,
} from "#lib/contract/index.ts";
import { getRequest, listConsoleLog, listRequests } from "#lib/domain/requests/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { adminTool } from "./admin-tool.ts";

const { rowsDefault, rowsMax } = limits.mcpAdmin;
const { tool, client, agent, requestId, q } = RequestFilter.shape;
/** What only the request log can be filtered by. */
const OF_REQUESTS = { outcome: z.array(Outcome).min(1).optional(), tool, client, agent };
const SearchInput = {
  server: z.string().min(1).max(200).describe("Id or slug of the server"),
  log: z
    .enum(["requests", "console"])
    .default("requests")
    .describe("requests: MCP messages with their outcome. console: lines that the server's code wrote"),
  level: z.array(LogLevel).min(1).optional(),
  ...OF_REQUESTS,
  requestId,
  q: q.describe("Text in the error, tool, method, client or line, in any case"),
  from: Timestamp.optional().describe("Not before this time, e.g. 2026-03-01T12:00:00.000Z"),
  to: Timestamp.optional().describe("Before this time"),
  limit: z.number().int().min(1).max(rowsMax).default(rowsDefault),
  cursor: z.string().max(200).optional().describe("nextCursor of the answer before, for older rows"),
};

export const searchLogs = adminTool({
  name: "search_logs",
  title: "Search logs",
  description:
    "Rows of a server's request log or console log, newest first. A row of the request log names its outcome, tool, client, agent and how long it took; get_request tells the rest of it.",
  input: SearchInput,
  narrow: "Ask for a smaller limit or a shorter window instead of going on with nextCursor.",
  output: z.union([RequestPage, ConsoleLogPage]),
  run: (ctx, { log, outcome, level, limit, ...filter }) => {
    const input = { ...filter, level: level?.join(","), pageSize: limit };
    if (log === "requests") return listRequests(ctx, { ...input, outcome: outcome?.join(",") });
    for (const name of Object.keys(OF_REQUESTS))
      if ({ ...filter, outcome }[name as keyof typeof OF_REQUESTS] !== undefined)
        throw new DomainError("invalid_input", `Lines of the console log have no ${name}. Leave it out.`);
    return listConsoleLog(ctx, input);
  },
});

export const getRequestTool = adminTool({
  name: "get_request",
  title: "Get a request",
  description:
    "Everything that is stored of one call: its messages with their outcome and decision, the console lines and upstream calls during it, what it cost, and what should be there and is missing.",
  input: { requestId: z.string().min(1).max(64).describe("req_…, from a row of search_logs or a diagnosis") },
  narrow: "Search the console log with search_logs and this requestId to read its lines page by page.",
  output: RequestDetail,
  run: getRequest,
});
