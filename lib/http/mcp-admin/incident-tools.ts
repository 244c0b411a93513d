import { z } from "zod";
import { IncidentPage, IncidentQuery, IncidentStatus } from "#lib/contract/index.ts";
import { listIncidents } from "#lib/domain/incidents/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { adminTool } from "./admin-tool.ts";

const { rowsDefault, rowsMax } = limits.mcpAdmin;

export const listIncidentsTool = adminTool({
  name: "list_incidents",
  title: "List incidents",
  description:
    "Incidents of the organization, newest first: what each is about, whether it is over, and the cause that was found.",
  input: {
    status: z.array(IncidentStatus).min(1).optional(),
    server: IncidentQuery.shape.server.describe("Only about this server, by id or slug"),
    agent: IncidentQuery.shape.agent.describe("Only about this agent, by id or name"),
    limit: z.number().int().min(1).max(rowsMax).default(rowsDefault),
    cursor: z.string().max(200).optional().describe("nextCursor of the answer before, for older ones"),
  },
  narrow: "Ask for a smaller limit, one server, or status open instead of going on with nextCursor.",
  output: IncidentPage,
  run: (ctx, { limit, ...filter }) => listIncidents(ctx, { ...filter, pageSize: limit }),
});
