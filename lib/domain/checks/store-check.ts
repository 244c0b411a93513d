import type { z } from "zod";
import { checkRuns, serverTools } from "#drizzle/schema/index.ts";
import {
  type CheckKind,
  type CheckRun,
  type HostingCheck,
  SmokeReport,
  type SmokeResult,
  ToolCallResult,
} from "#lib/contract/index.ts";
import { decodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { actorKey, type CommandCtx, storableJson } from "../access/index.ts";
import { keepSnapshot, type ListedServer } from "./tool-snapshots.ts";

interface CheckedServer {
  id: string;
}

/** What a stranger's server said, made fit for a command's input and the database. */
export const storableReport = (report: SmokeReport): SmokeReport => SmokeReport.parse(storableJson(report));
export const storableCall = (result: ToolCallResult): ToolCallResult =>
  ToolCallResult.parse(storableJson(result));

/** A smoke's answer: the same without the schemas of its tools, which `…/tools` has. */
export const toSmokeResult = (report: SmokeReport): SmokeResult => ({
  ...report,
  tools: report.tools.map(({ name, title, description }) => ({ name, title, description })),
});

/**
 * Stores a tools/list smoke and, when it passed, the tools it saw: as those of the server, and as a snapshot of the
 * version that `server.activeVersionId` names.
 */
export async function storeSmoke(
  ctx: CommandCtx,
  server: ListedServer,
  report: SmokeReport,
  { keepTools = true }: { keepTools?: boolean } = {},
): Promise<void> {
  const result = toSmokeResult(report);
  await storeRun(ctx, server, {
    kind: "tools-list",
    tool: null,
    toolCount: result.status === "passed" ? result.toolCount : null,
    run: result,
    stored: fits(result) ? result : { ...result, tools: [] },
  });
  if (!keepTools || report.status !== "passed" || !fits(report.tools, limits.checks.storedToolsBytesMax))
    return;
  const seen = {
    tools: report.tools,
    toolCount: report.toolCount,
    seenAt: new Date(report.checkedAt),
  };
  await ctx.db
    .insert(serverTools)
    .values({ organizationId: ctx.organization.id, serverId: server.id, ...seen })
    .onConflictDoUpdate({ target: [serverTools.organizationId, serverTools.serverId], set: seen });
  await keepSnapshot(ctx, server, seen);
}

/** Stores a tool call; content that is larger than `limits.checks.storedResultBytesMax` is left out of the record. */
export async function storeToolCall(
  ctx: CommandCtx,
  server: CheckedServer,
  result: ToolCallResult,
): Promise<void> {
  await storeRun(ctx, server, {
    kind: "tool-call",
    tool: result.tool,
    toolCount: null,
    run: result,
    stored: fits(result) ? result : { ...result, content: [], structuredContent: null },
  });
}

/** Stores a canary's run. What a passed one answered is not kept: only that it was as declared. */
export async function storeCanary(
  ctx: StoreCtx,
  server: CheckedServer,
  result: ToolCallResult,
): Promise<void> {
  const isKept = result.status === "failed" && fits(result, limits.checks.canaryResultBytesMax);
  await storeRun(ctx, server, {
    kind: "canary",
    tool: result.tool,
    toolCount: null,
    run: result,
    stored: isKept ? result : { ...result, content: [], structuredContent: null },
  });
}

/** Stores a hosting check, with the first step that did not pass as its error. */
export async function storeHostingCheck(
  ctx: StoreCtx,
  server: CheckedServer,
  check: HostingCheck,
): Promise<void> {
  await storeRun(ctx, server, {
    kind: "hosting",
    tool: null,
    toolCount: null,
    run: { ...check, requestId: null, failure: failureOf(check) },
    stored: check,
  });
}

/** Where a hosting check failed first, in words; null when it did not. */
function failureOf({ error, regions }: HostingCheck): { message: string } | null {
  if (error !== null) return { message: error };
  for (const { region, steps } of regions) {
    const step = steps.find(({ status }) => status === "failed");
    if (step) return { message: `${region}: ${step.name}: ${step.detail}` };
  }
  return null;
}

type StoreCtx = Pick<CommandCtx, "db" | "organization" | "actor">;

interface StoredRun {
  kind: z.infer<typeof CheckKind>;
  tool: string | null;
  toolCount: number | null;
  run: Pick<CheckRun, "id" | "status" | "durationMs" | "checkedAt"> & {
    requestId: string | null;
    failure: { message: string } | null;
  };
  stored: object;
}

async function storeRun(ctx: StoreCtx, server: CheckedServer, { run, stored, ...row }: StoredRun) {
  await ctx.db.insert(checkRuns).values({
    organizationId: ctx.organization.id,
    id: run.id,
    serverId: server.id,
    kind: row.kind,
    status: run.status,
    tool: row.tool,
    toolCount: row.toolCount,
    durationMs: run.durationMs,
    error: run.failure?.message ?? null,
    result: stored,
    actor: actorKey(ctx.actor),
    requestId: run.requestId === null ? null : decodeId("req", run.requestId),
    checkedAt: new Date(run.checkedAt),
  });
}

const fits = (value: unknown, bytesMax: number = limits.checks.storedResultBytesMax): boolean =>
  Buffer.byteLength(JSON.stringify(value)) <= bytesMax;
