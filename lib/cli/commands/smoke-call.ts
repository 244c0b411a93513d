import type { ToolCallResult } from "#lib/contract/index.ts";
import { plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import { argument, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { jsonObjectOption } from "../json-argument.ts";
import { emit, facts } from "../output.ts";
import { tellFailure } from "./smoke-failure.ts";

const contentText = (part: unknown): string => {
  const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
  return type === "text" && typeof text === "string" ? plainText(text) : terminalJson(part);
};

/** Calls one tool in a real MCP session; a tool that fails is a failed gate. */
export const smokeCall: CommandRun = async (call) => {
  const { io, session, format } = call;
  const input = (await jsonObjectOption(call, "args")) ?? {};
  const api = await session.api();
  const server = await session.serverPath(argument(call, "server"));
  const tool = encodeURIComponent(argument(call, "tool"));
  const result = await api.post<ToolCallResult>(`${server}/mcp-smoke/tools/${tool}/call`, {
    arguments: input,
    as: textOption(call, "as") ?? null,
  });
  emit(
    io,
    format,
    result,
    () =>
      facts([
        ["Server", result.server],
        ["Tool", result.tool],
        ["Status", result.status],
        ["Duration", `${Math.round(result.durationMs)} ms`],
      ]) + result.content.map((part) => `\n${contentText(part)}\n`).join(""),
  );
  tellFailure(io, result.failure, result.requestId);
  return result.status === "passed" ? EXIT.ok : EXIT.gateFailed;
};
