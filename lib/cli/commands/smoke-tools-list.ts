import type { SmokeResult } from "#lib/contract/index.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts, table } from "../output.ts";
import { tellFailure } from "./smoke-failure.ts";

/** Lists the tools in a real MCP session; a server that fails is a failed gate. */
export const smokeToolsList: CommandRun = async (call) => {
  const { io, session, format } = call;
  const api = await session.api();
  const path = `${await session.serverPath(argument(call, "server"))}/mcp-smoke/tools-list`;
  const query = new URLSearchParams();
  for (const name of ["era", "as"]) {
    const value = textOption(call, name);
    if (value !== undefined) query.set(name, value);
  }
  const result = await api.post<SmokeResult>(query.size === 0 ? path : `${path}?${query}`);
  emit(
    io,
    format,
    result,
    () =>
      facts([
        ["Server", result.server],
        ["Status", result.status],
        ["Tools", result.toolCount],
        [
          "Protocol",
          result.protocolVersion ? `${result.protocolVersion} (${result.era ?? "unknown"})` : null,
        ],
        ["Duration", `${Math.round(result.durationMs)} ms`],
      ]) +
      (result.tools.length === 0
        ? ""
        : `\n${table(
            ["TOOL", "DESCRIPTION"],
            result.tools.map((tool) => [tool.name, tool.description]),
            "",
          )}`),
  );
  tellFailure(io, result.failure, result.requestId);
  return result.status === "passed" ? EXIT.ok : EXIT.gateFailed;
};
