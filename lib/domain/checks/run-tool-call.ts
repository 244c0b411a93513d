import { z } from "zod";
import { ToolCall, ToolCallResult } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, workflow } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { doorOfCheck } from "./door-of-check.ts";
import { smokeToolCall } from "./smoke-tool-call.ts";
import { storableCall, storeToolCall } from "./store-check.ts";

export const recordToolCall = command({
  name: "check.toolCall",
  scope: "checks:run",
  input: z.object({ serverId: z.string(), result: ToolCallResult }),
  run: async (ctx, { serverId, result }) => {
    const server = await getServerRow(ctx.db, ctx.organization.id, serverId);
    await storeToolCall(ctx, server, result);
    return {
      value: result,
      audit: {
        entity: "server",
        entityId: server.id,
        after: { check: result.id, tool: result.tool, status: result.status },
      },
    };
  },
});

/**
 * Calls one tool through the server's own public path and stores the result. The traffic's source is `dashboard` for a
 * signed-in user and `smoke` for a token. With `as` it is held to all that holds for that agent. A tool that fails is an answer
 * with status `failed`, not an error.
 */
export const runToolCall = workflow({
  name: "check.toolCall",
  scope: "checks:run",
  input: ServerRef.extend({ tool: z.string().min(1).max(200), ...ToolCall.shape }),
  run: async (ctx, input): Promise<ToolCallResult> => {
    const row = await getServerRow(ctx.database.db, ctx.organization.id, input.server);
    const source = ctx.actor.kind === "user" ? "dashboard" : "smoke";
    const { url, headers } = await doorOfCheck(ctx, row, source, input.as);
    const result = await smokeToolCall({
      serverSlug: row.slug,
      url,
      headers,
      tool: input.tool,
      arguments: input.arguments,
      timeoutMs: limits.checks.toolCallTimeoutMs,
      clock: ctx.clock,
      ids: ctx.ids,
    });
    await recordToolCall(ctx, { serverId: row.id, result: storableCall(result) });
    return result;
  },
});
