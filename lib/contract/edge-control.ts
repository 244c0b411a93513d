import { z } from "zod";
import { ERROR_CODES } from "#lib/kernel/errors.ts";
import { SmokeReport } from "./checks.ts";
import { RuntimeStatus } from "./deployments.ts";
import { LogStreamStatus } from "./log-stream.ts";

/** What our own processes say to the edge over its control socket. Not part of the public API. */

/** Carries the internal secret of the installation. */
export const CONTROL_SECRET_HEADER = "x-mcpstack-internal";

/** The answer to `POST /servers/{id}/refresh`: nothing but that it happened. */
export const RefreshResponse = z.object({});

export const VerifyRequest = z.object({
  organizationId: z.string(),
  serverId: z.string(),
  versionId: z.string(),
  semver: z.string(),
  bundle: z.object({ mainModule: z.string(), modules: z.record(z.string(), z.string()) }),
  environment: z.record(z.string(), z.string()),
});

export const VerifyResponse = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), startMs: z.number(), smoke: SmokeReport }),
  z.object({ ok: z.literal(false), step: z.enum(["start", "tools/list"]), message: z.string() }),
]);

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
