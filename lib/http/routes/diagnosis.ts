import {
  CompareQuery,
  DiagnoseInput,
  Diagnosis,
  ReachQuery,
  ReachReport,
  WindowComparison,
} from "#lib/contract/index.ts";
import { compareServerWindows, diagnoseNow, getReach } from "#lib/domain/diagnosis/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Diagnosis"];
const query = { from: "2026-01-15T14:00:00Z", to: "2026-01-15T14:30:00Z" };

export const diagnosisRoutes = [
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/diagnoses",
    operationId: "diagnose",
    summary:
      "What is wrong, from the evidence of now: a named cause with what it stands on, that all is well, or what is missing to tell. Opens no incident",
    tags,
    access: "incidents:read",
    body: DiagnoseInput,
    response: Diagnosis,
    example: { body: { windowMs: 1_800_000, probe: false } },
    handle: async ({ ctx, body }) => (await diagnoseNow(ctx, body)).diagnosis,
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/compare",
    operationId: "compareWindows",
    summary:
      "The tool calls of a window against an earlier one, by client, agent, source, tool, key, region, version, outcome and size: what moved, largest first. No shifts is a result",
    tags,
    access: "incidents:read",
    query: CompareQuery,
    response: WindowComparison,
    example: { query },
    handle: ({ ctx, params, query: asked }) => compareServerWindows(ctx, { ...asked, server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/reach",
    operationId: "getReach",
    summary:
      "Did it reach us? How far each client came in a window: discovery, authorization, initialize, tools/list, tools/call; `didNotArrive` says that nothing came of the one that is asked for",
    tags,
    access: "incidents:read",
    query: ReachQuery,
    response: ReachReport,
    example: { query },
    handle: ({ ctx, params, query: asked }) => getReach(ctx, { ...asked, server: params.server }),
  }),
];
