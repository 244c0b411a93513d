import { z } from "zod";
import { type Canary, CheckPolicy, ToolCallResult } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, type System, workflow } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { judgeCanary } from "./judge-canary.ts";
import { smokeToolCall } from "./smoke-tool-call.ts";
import { storableCall, storeCanary } from "./store-check.ts";

/** Calls the canary's tool through the server's own public path and judges the answer. Never throws for what the server does. */
export const callCanary = (
  system: Pick<System, "doors" | "clock" | "ids">,
  slug: string,
  canary: Canary,
): Promise<ToolCallResult> =>
  callCanaryAt(
    system,
    { ...system.doors.internalMcp(slug, "smoke"), slug, timeoutMs: limits.checks.canaryTimeoutMs },
    canary,
  );

/** The same at a door that is given, within `timeoutMs`. */
export async function callCanaryAt(
  { clock, ids }: Pick<System, "clock" | "ids">,
  {
    slug,
    url,
    headers,
    timeoutMs,
  }: { slug: string; url: string; headers: Record<string, string>; timeoutMs: number },
  canary: Canary,
): Promise<ToolCallResult> {
  const { tool, arguments: args } = canary;
  const result = await smokeToolCall({
    serverSlug: slug,
    url,
    headers,
    tool,
    arguments: args,
    timeoutMs,
    clock,
    ids,
  });
  return judgeCanary(result, canary);
}

export const recordCanary = command({
  name: "check.canary",
  scope: "checks:run",
  input: z.object({ serverId: z.string(), result: ToolCallResult }),
  run: async (ctx, { serverId, result }) => {
    const server = await getServerRow(ctx.db, ctx.organization.id, serverId);
    await storeCanary(ctx, server, result);
    return {
      value: null,
      audit: {
        entity: "server",
        entityId: server.id,
        after: { check: result.id, tool: result.tool, status: result.status },
      },
    };
  },
});

/**
 * Runs the declared canary now and stores the result. A tool that fails, or answers something else than declared, is an
 * answer with status `failed`. Throws `conflict` when none is declared, `server_inactive` when the server does not serve.
 */
export const runCanary = workflow({
  name: "check.canary",
  scope: "checks:run",
  input: ServerRef,
  run: async (ctx, { server }): Promise<ToolCallResult> => {
    const row = await getServerRow(ctx.database.db, ctx.organization.id, server);
    const { canary } = CheckPolicy.parse(row.checkPolicy);
    if (canary === null)
      throw new DomainError(
        "conflict",
        "This server has no canary. Declare one in its settings: a tool, its arguments and what it should answer.",
      );
    if (row.status !== "active")
      throw new DomainError(
        "server_inactive",
        `The server ${row.slug} is not active, so its canary cannot run.`,
      );
    const result = await callCanary(ctx, row.slug, canary);
    await recordCanary(ctx, { serverId: row.id, result: storableCall(result) });
    return result;
  },
});
