import { z } from "zod";
import { Timestamp } from "./common.ts";
import { Era } from "./requests.ts";
import { Tool } from "./servers.ts";

/**
 * Result of `POST …/mcp-smoke/tools-list`: a real MCP session that lists the tools. The first four fields, in this
 * order, are documented for release gates.
 */
export const SmokeResult = z.object({
  server: z.string(),
  transport: z.literal("streamable-http"),
  status: z.enum(["passed", "failed"]),
  toolCount: z.number().int(),
  id: z.string(),
  protocolVersion: z.string().nullable(),
  era: Era.nullable(),
  durationMs: z.number(),
  /** The step that failed and why; null when passed. */
  failure: z
    .object({
      step: z.enum(["connect", "negotiate", "tools/list", "tools/call"]),
      code: z.string(),
      message: z.string(),
      fix: z.string(),
    })
    .nullable(),
  tools: z.array(Tool.pick({ name: true, title: true, description: true })),
  requestId: z.string().nullable(),
  checkedAt: Timestamp,
});
export type SmokeResult = z.infer<typeof SmokeResult>;

/** The same with whole tools: what a smoke saw, before it is cut down for the answer. */
export const SmokeReport = SmokeResult.extend({ tools: z.array(Tool) });
export type SmokeReport = z.infer<typeof SmokeReport>;

export const ToolCall = z.object({
  arguments: z.record(z.string(), z.unknown()).default({}),
  /** Id or name of an agent: what it meets at its own door, grants and attachment included. Costs nothing. */
  as: z.string().min(1).max(100).nullable().default(null),
});
/** Result of `POST …/mcp-smoke/tools/{tool}/call`. `failed` when the call could not be made or the tool reported an error. */
export const ToolCallResult = z.object({
  server: z.string(),
  transport: z.literal("streamable-http"),
  status: z.enum(["passed", "failed"]),
  tool: z.string(),
  id: z.string(),
  isError: z.boolean(),
  content: z.array(z.unknown()),
  structuredContent: z.unknown().nullable(),
  durationMs: z.number(),
  failure: SmokeResult.shape.failure,
  requestId: z.string().nullable(),
  checkedAt: Timestamp,
});
export type ToolCallResult = z.infer<typeof ToolCallResult>;

/** `hosting`: a hosting check. `canary`: the declared tool call, by schedule or before a publish. */
export const CheckKind = z.enum(["tools-list", "tool-call", "hosting", "canary"]);
export const CheckRun = z.object({
  id: z.string(),
  kind: CheckKind,
  status: z.enum(["passed", "warned", "failed"]),
  tool: z.string().nullable(),
  toolCount: z.number().int().nullable(),
  durationMs: z.number(),
  error: z.string().nullable(),
  actor: z.string().nullable(),
  checkedAt: Timestamp,
});
export type CheckRun = z.infer<typeof CheckRun>;
