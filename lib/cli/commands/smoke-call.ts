import type { ToolCallResult } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import { usageError } from "../cli-error.ts";
import { argument, type CommandCall, type CommandRun, textOption } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { emit, facts } from "../output.ts";
import { tellFailure } from "./smoke-failure.ts";

async function argumentsOf(call: CommandCall): Promise<Record<string, unknown>> {
  const flag = textOption(call, "args");
  if (flag === undefined) return {};
  if (flag === "-" && call.io.stdinIsTty)
    throw usageError("--args - reads standard input, which is a terminal here.", "Pipe the JSON into it.");
  const text = flag === "-" ? await call.io.readStdin(limits.http.bodyBytesMax) : flag;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usageError("--args is not JSON.", `Quote it for the shell: --args '{"id": 7}'`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw usageError("--args must be a JSON object.", `For example: --args '{"id": 7}'`);
  return value as Record<string, unknown>;
}

const contentText = (part: unknown): string => {
  const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
  return type === "text" && typeof text === "string" ? plainText(text) : terminalJson(part);
};

/** Calls one tool in a real MCP session; a tool that fails is a failed gate. */
export const smokeCall: CommandRun = async (call) => {
  const { io, session, format } = call;
  const input = await argumentsOf(call);
  const api = await session.api();
  const server = await session.serverPath(argument(call, "server"));
  const tool = encodeURIComponent(argument(call, "tool"));
  const result = await api.post<ToolCallResult>(`${server}/mcp-smoke/tools/${tool}/call`, {
    arguments: input,
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
