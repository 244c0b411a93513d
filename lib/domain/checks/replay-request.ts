import { z } from "zod";
import {
  ReplayRequest,
  type ReplayResult,
  type RequestDetail,
  type RequestRow,
  ToolCallResult,
} from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, command, workflow } from "../access/index.ts";
import { getRequest } from "../requests/index.ts";
import { getServerRow, type ServerRow } from "../servers/index.ts";
import { jsonDifferences } from "./json-differences.ts";
import { isSameButSecrets, recordedArguments, recordedResponse } from "./recorded-call.ts";
import { smokeToolCall } from "./smoke-tool-call.ts";
import { smokeToolsList } from "./smoke-tools-list.ts";
import { storableCall, storeToolCall } from "./store-check.ts";

const recordReplay = command({
  name: "check.replay",
  scope: "checks:run",
  input: z.object({ serverId: z.string(), requestId: z.string(), result: ToolCallResult }),
  run: async (ctx, { serverId, requestId, result }) => {
    const server = await getServerRow(ctx.db, ctx.organization.id, serverId);
    await storeToolCall(ctx, server, result);
    return {
      value: null,
      audit: {
        entity: "server",
        entityId: server.id,
        after: { check: result.id, tool: result.tool, status: result.status, replayOf: requestId },
      },
    };
  },
});

/**
 * Makes a tool call of the request log again, as a smoke test, and compares what it answers with what was recorded. A
 * tool that fails is an answer with status `failed`, not an error. Needs `logs:read` as well. Throws `not_found`,
 * `unprocessable` for a request that is no single tool call or whose arguments are not known, `server_inactive`.
 */
export const replayRequest = workflow({
  name: "check.replay",
  scope: "checks:run",
  input: z.object({ requestId: z.string().min(1).max(64), ...ReplayRequest.shape }),
  run: async (ctx, input): Promise<ReplayResult> => {
    const detail = await getRequest(ctx, { requestId: input.requestId });
    const { row, tool } = toolCallOf(detail);
    const body = detail.bodies.find(({ id }) => id === row.id);
    const server = await getServerRow(ctx.database.db, ctx.organization.id, detail.serverId);
    if (server.status !== "active")
      throw new DomainError(
        "server_inactive",
        `The server ${server.slug} is not active, so the call cannot be made again. Activate it first.`,
      );
    const result = await call(ctx, server, tool, input.arguments ?? recordedArguments(body));
    await recordReplay(ctx, {
      serverId: server.id,
      requestId: detail.requestId,
      result: storableCall(result),
    });
    return compare(detail.requestId, row, recordedResponse(body), result);
  },
});

/** The one tool call of a request. */
function toolCallOf({ rows }: RequestDetail): { row: RequestRow; tool: string } {
  const calls = rows.flatMap((row) =>
    row.kind === "request" && row.method === "tools/call" && row.tool !== null
      ? [{ row, tool: row.tool }]
      : [],
  );
  const [only] = calls;
  if (only === undefined)
    throw new DomainError("unprocessable", "Only tool calls can be replayed, and this request made none.");
  if (calls.length > 1)
    throw new DomainError(
      "unprocessable",
      `This request was a batch of ${calls.length} tool calls, which cannot be replayed as one.`,
    );
  return only;
}

/** Calls the tool as a smoke does. A tool that the server no longer offers is said to be gone. */
async function call(
  ctx: Ctx,
  server: ServerRow,
  tool: string,
  args: Record<string, unknown>,
): Promise<ToolCallResult> {
  const target = {
    serverSlug: server.slug,
    ...ctx.doors.internalMcp(server.slug, "smoke"),
    clock: ctx.clock,
    ids: ctx.ids,
  };
  const result = await smokeToolCall({
    ...target,
    tool,
    arguments: args,
    timeoutMs: limits.checks.toolCallTimeoutMs,
  });
  if (result.failure === null) return result;
  const list = await smokeToolsList({ ...target, timeoutMs: limits.checks.smokeTimeoutMs });
  if (list.status !== "passed" || list.tools.some(({ name }) => name === tool)) return result;
  return {
    ...result,
    failure: {
      step: "tools/call",
      code: "tool_gone",
      message: `The server no longer offers the tool ${JSON.stringify(tool)}.`,
      fix: "Look at what changed in its tools since the version that was called.",
    },
  };
}

function compare(
  requestId: string,
  row: RequestRow,
  recorded: unknown,
  result: ToolCallResult,
): ReplayResult {
  const answered = result.failure === null || result.isError;
  const response = answered ? resultOf(result) : null;
  const isComparable = recorded !== null && response !== null;
  const { differences, isCapped } = isComparable
    ? jsonDifferences(comparable(recorded), response, limits.requests.replayDifferencesMax, isSameButSecrets)
    : { differences: [], isCapped: false };
  return {
    original: { requestId, outcome: row.outcome, durationMs: row.durationMs, response: recorded },
    replay: {
      requestId: result.requestId,
      status: result.status,
      outcome: result.isError ? "tool_error" : (result.failure?.code ?? "ok"),
      durationMs: result.durationMs,
      response,
      failure: result.failure && `${result.failure.message} ${result.failure.fix}`,
    },
    differences,
    differencesAreCapped: isCapped,
    isComparable,
  };
}

/** A tool's result with only what means something to its caller, and nothing where a default means the same. */
const resultOf = (result: Pick<ToolCallResult, "content" | "structuredContent" | "isError">) => ({
  content: result.content,
  ...(result.structuredContent === null ? {} : { structuredContent: result.structuredContent }),
  ...(result.isError ? { isError: true } : {}),
});

/** A recorded result in the same form; anything else, such as a protocol error, as it is. */
function comparable(recorded: unknown): unknown {
  if (typeof recorded !== "object" || recorded === null || !("content" in recorded)) return recorded;
  const { content, structuredContent, isError } = recorded as Record<string, unknown>;
  return resultOf({
    content: Array.isArray(content) ? content : [content],
    structuredContent: structuredContent ?? null,
    isError: isError === true,
  });
}
