import { UsageQuery, UsageReport } from "#lib/contract/index.ts";
import { getUsage } from "#lib/domain/usage/index.ts";
import { adminTool } from "./admin-tool.ts";

export const getUsageTool = adminTool({
  name: "get_usage",
  title: "Get usage",
  description:
    "Tool calls of a window by server, tool, agent, client, source, region or outcome: calls, errors, latency, bytes and what they cost in micro-USD, each with what it was in the window compared with, biggest change first.",
  input: UsageQuery.shape,
  narrow: "Ask for one server, agent or tool, or a shorter window.",
  // Spans are for charts.
  output: UsageReport.omit({ series: true, spanMinutes: true }),
  run: getUsage,
});
