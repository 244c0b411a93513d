import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { Timestamp } from "./common.ts";

/** The way of a client to a tool call, in order. */
export const REACH_STAGES = ["discovery", "authorization", "initialize", "tools/list", "tools/call"] as const;
export const ReachStage = z.enum(REACH_STAGES);
export type ReachStage = z.infer<typeof ReachStage>;

const name = z.string().max(limits.incidents.errorGroupTextCharactersMax);

/**
 * How far one client came in a window. Each stage is `passed`, `failed`, or `not_seen`: nothing of it arrived here in the
 * window, which is said, not guessed. `not_needed`: this door or protocol era has no such stage.
 */
export const ClientReach = z.object({
  /** Name by which it introduced itself; empty when it did not. */
  client: name,
  principal: name.nullable(),
  agentId: z.string().nullable(),
  door: z.enum(["direct", "gateway"]),
  stages: z.array(
    z.object({
      stage: ReachStage,
      state: z.enum(["passed", "failed", "not_seen", "not_needed"]),
      at: Timestamp.nullable(),
      count: z.number().int(),
      /** Decision or outcome of the last failure. */
      reason: z.string().nullable(),
      requestId: z.string().nullable(),
    }),
  ),
  lastStage: ReachStage.nullable(),
  lastAt: Timestamp.nullable(),
});
export type ClientReach = z.infer<typeof ClientReach>;

/** `GET …/mcp-servers/{server}/reach`. */
export const ReachQuery = z.object({
  from: Timestamp,
  to: Timestamp,
  client: name.optional(),
  agent: z.string().min(1).max(100).optional(),
});
export const ReachReport = z.object({
  window: z.object({ from: Timestamp, to: Timestamp }),
  clients: z.array(ClientReach),
  /** Somebody asked for one client or agent and nothing of it arrived in the window. */
  didNotArrive: z.boolean(),
  /** Where it must go. */
  urls: z.object({ direct: z.string().nullable(), gateway: z.string().nullable() }),
  /** Nothing before this time is known: the history begins here. */
  knownSince: Timestamp,
});
export type ReachReport = z.infer<typeof ReachReport>;
