import type { EffectiveTool } from "#lib/contract/index.ts";
import { argument, type CommandRun } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, table } from "../output.ts";

/** What an agent may call, tool by tool, with the reason. */
export const agentsTools: CommandRun = async (call) => {
  const { io, session, format, options } = call;
  const api = await session.api();
  const all = await api.get<EffectiveTool[]>(`${await session.agentPath(argument(call, "agent"))}/tools`);
  const tools = options.missing === true ? all.filter(({ isAllowed }) => !isAllowed) : all;
  emit(io, format, tools, () =>
    table(
      ["SERVER", "TOOL", "ALLOWED", "REASON", "WHY"],
      tools.map((row) => [
        row.serverSlug,
        row.tool ?? "all tools",
        row.isAllowed ? "yes" : "no",
        row.reason,
        row.explanation,
      ]),
      options.missing === true ? "Nothing is missing." : "There are no servers yet.",
    ),
  );
  return EXIT.ok;
};
