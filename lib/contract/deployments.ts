import { z } from "zod";
import { Timestamp } from "./common.ts";

export const Semver = z
  .string()
  .regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,60})?$/, "Use a semantic version such as 1.4.2.");

export const Version = z.object({
  id: z.string(),
  semver: Semver,
  /** SHA-256 of the bundle, hexadecimal. */
  sha256: z.string(),
  bytes: z.number().int(),
  createdAt: Timestamp,
  createdBy: z.string().nullable(),
  active: z.boolean(),
  /** When it first passed the gate and served; null: never, so it has no URL of its own yet. */
  publishedAt: Timestamp.nullable(),
  /** `/mcp/{slug}/v/{semver}`; null until it was published. */
  pinnedUrl: z.string().nullable(),
});
export type Version = z.infer<typeof Version>;

export const OperationKind = z.enum(["publish", "rollback", "restart", "activate", "deactivate"]);
export const OperationState = z.enum(["queued", "running", "succeeded", "failed", "canceled"]);
export const OperationStep = z.object({
  name: z.string(),
  state: z.enum(["pending", "running", "succeeded", "failed", "skipped"]),
  detail: z.string().nullable(),
  durationMs: z.number().nullable(),
});
/** One line of what happened: our own progress, or what the version wrote while it was tried. */
export const OperationLogLine = z.object({
  at: Timestamp,
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
});
export type OperationLogLine = z.infer<typeof OperationLogLine>;
export const Operation = z.object({
  id: z.string(),
  serverId: z.string(),
  kind: OperationKind,
  state: OperationState,
  version: z.string().nullable(),
  /** The version that served when it began. */
  previousVersion: z.string().nullable(),
  actor: z.string().nullable(),
  steps: z.array(OperationStep),
  /** Oldest first, at most `limits.operations.logLinesMax`. Lists leave it empty. */
  log: z.array(OperationLogLine),
  error: z.string().nullable(),
  cancelRequested: z.boolean(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type Operation = z.infer<typeof Operation>;

/** How the runtime of a server is doing on the node that was asked. */
export const RUNTIME_STATES = [
  "stopped",
  "starting",
  "running",
  "draining",
  "crash_looping",
  "unknown",
] as const;
export const RuntimeStatus = z.object({
  state: z.enum(RUNTIME_STATES),
  region: z.string(),
  node: z.string(),
  version: z.string().nullable(),
  since: Timestamp.nullable(),
  restarts: z.number().int(),
  inFlight: z.number().int(),
  residentBytes: z.number().int().nullable(),
  cpuMs: z.number().nullable(),
  lastExit: z.object({ at: Timestamp, reason: z.string() }).nullable(),
});
export type RuntimeStatus = z.infer<typeof RuntimeStatus>;

/** `GET …/deployment`. */
export const Deployment = z.object({
  serverId: z.string(),
  status: z.enum(["draft", "active", "inactive"]),
  mcpUrl: z.string(),
  activeVersion: Version.nullable(),
  runtime: z.array(RuntimeStatus),
  lastOperation: Operation.nullable(),
});
export type Deployment = z.infer<typeof Deployment>;

export const PublishVersion = z.object({ version: Semver });
/** Without a version: the one that served before the present one. */
export const RollbackVersion = z.object({ version: Semver.optional() });
