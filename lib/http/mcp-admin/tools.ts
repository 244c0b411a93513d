import type { AdminTool } from "./admin-tool.ts";
import { diagnoseTool } from "./diagnose-tool.ts";
import { listIncidentsTool } from "./incident-tools.ts";
import { getRequestTool, searchLogs } from "./log-tools.ts";
import { getUsageTool } from "./usage-tool.ts";

/** Every tool of the endpoint, in the order in which they are listed. */
export const ADMIN_TOOLS: readonly AdminTool[] = [
  diagnoseTool,
  listIncidentsTool,
  searchLogs,
  getRequestTool,
  getUsageTool,
];
