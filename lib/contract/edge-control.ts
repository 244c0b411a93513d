import { z } from "zod";
import { ERROR_CODES } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { SmokeReport, ToolCallResult } from "./checks.ts";
import { Timestamp } from "./common.ts";
import { RuntimeStatus } from "./deployments.ts";
import { HostingHealth } from "./hosting-checks.ts";
import { LogStreamStatus } from "./log-stream.ts";
import { Era } from "./requests.ts";
import { CheckPolicy } from "./servers.ts";

/** What our own processes say to the edge over its control socket. Not part of the public API. */

/** Carries the internal secret of the installation. */
export const CONTROL_SECRET_HEADER = "x-mcpstack-internal";

/** Names the edge that answers, so that an address which another edge took over is noticed. */
export const CONTROL_NODE_HEADER = "x-mcpstack-node";

/** The answer to what only happens or fails. */
export const Done = z.object({});

/** `POST /trials`: starts a bundle apart from all traffic. */
export const TrialRequest = z.object({
  organizationId: z.string(),
  serverId: z.string(),
  versionId: z.string(),
  semver: z.string(),
  bundle: z.object({ mainModule: z.string(), modules: z.record(z.string(), z.string()) }),
  environment: z.record(z.string(), z.string()),
});
export const TrialStarted = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), trialId: z.string(), startMs: z.number() }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);
/** `POST /trials/{id}/tools-list`. */
export const TrialToolsList = z.object({ era: Era });
export const TrialToolsListAnswer = z.object({ report: SmokeReport, exit: z.string().nullable() });
/** `POST /trials/{id}/tool-call`. */
export const TrialToolCall = z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) });
export const TrialToolCallAnswer = z.object({ report: ToolCallResult, exit: z.string().nullable() });
/** `DELETE /trials/{id}`. */
export const TrialStopped = z.object({ errorLines: z.array(z.string()) });

/** `POST /servers/{id}/drain`. */
export const DrainRequest = z.object({
  versionId: z.string(),
  timeoutMs: z.number().int().min(0).max(limits.operations.drainMs),
});
export const DrainAnswer = z.object({
  inFlight: z.number().int(),
  sessions: z.number().int(),
  waitedMs: z.number(),
});

export const CrashesResponse = HostingHealth.shape.crashes;

/** `GET /servers/{id}/start-waits`: calls that waited for a runtime to start, newest first. */
export const StartWaitsResponse = z.array(
  z.object({ at: Timestamp, node: z.string(), region: z.string(), waitedMs: z.number() }),
);

/** `POST /servers/{id}/hosting-check`: what the owner demands of tools/list. Answered by a `RegionCheck`. */
export const HostingCheckRequest = CheckPolicy.pick({ expectedTools: true, requireBothEras: true });

export const RuntimeStatusResponse = z.array(RuntimeStatus);

export const LogStreamLoad = LogStreamStatus.pick({
  viewers: true,
  viewersMax: true,
  holders: true,
  epoch: true,
  head: true,
});

/** A DomainError on its way to another process. */
export const ControlProblem = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  retryable: z.boolean(),
  retryAfterSeconds: z.number().nullable(),
});
