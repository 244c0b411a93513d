import { z } from "zod";
import { Timestamp } from "./common.ts";

/** One step of a hosting check on one edge. */
export const HostingStep = z.object({
  name: z.enum(["dns", "tls", "routing", "runtime", "tools/list"]),
  status: z.enum(["passed", "warned", "failed", "skipped"]),
  durationMs: z.number(),
  /** What was found, e.g. the addresses, the days until the certificate expires, or the error. */
  detail: z.string(),
  /** What to do about it; empty when there is nothing to do. */
  fix: z.string(),
});
export type HostingStep = z.infer<typeof HostingStep>;

export const RegionCheck = z.object({
  region: z.string(),
  node: z.string(),
  status: z.enum(["passed", "warned", "failed"]),
  steps: z.array(HostingStep),
  durationMs: z.number(),
});
export type RegionCheck = z.infer<typeof RegionCheck>;

/**
 * Result of `POST …/hosting-checks`: every step on every edge that lives. Release gates read `status`, the worst of all
 * steps: `failed` when a step failed anywhere or no edge could be asked; `warned` when everything works and something
 * will need a hand, such as a certificate that expires soon; else `passed`. These first fields, in this order, are
 * documented: `{"server": "support-api", "status": "passed", "regions": [{"region", "node", "status", "steps": [{"name",
 * "status", "durationMs", "detail", "fix"}], "durationMs"}]}`.
 */
export const HostingCheck = z.object({
  server: z.string(),
  status: z.enum(["passed", "warned", "failed"]),
  regions: z.array(RegionCheck),
  /** Why no edge could be asked; null when one answered. */
  error: z.string().nullable(),
  id: z.string(),
  durationMs: z.number(),
  checkedAt: Timestamp,
});
export type HostingCheck = z.infer<typeof HostingCheck>;

/** How a region is: from the heartbeats of its edges and the last hosting check there. */
export const RegionHealth = z.object({
  region: z.string(),
  /** `healthy`: an edge lives and the last probe passed; `unknown`: never probed. */
  state: z.enum(["healthy", "degraded", "down", "unknown"]),
  nodes: z.array(
    z.object({
      node: z.string(),
      /** Version of the product that it runs. */
      version: z.string(),
      state: z.enum(["live", "silent", "stopped"]),
      heartbeatAt: Timestamp,
      startedAt: Timestamp,
    }),
  ),
  /** The last hosting check of the server in this region. */
  lastProbe: z
    .object({
      status: z.enum(["passed", "warned", "failed"]),
      at: Timestamp,
      durationMs: z.number(),
      failedStep: z.string().nullable(),
      detail: z.string().nullable(),
    })
    .nullable(),
});
export type RegionHealth = z.infer<typeof RegionHealth>;

/** How near the largest call of the last 24 hours came to a cap of the plan. */
export const CapPressure = z.object({
  cap: z.enum(["toolCallDurationMs", "requestBytes", "responseBytes"]),
  max: z.number(),
  /** The largest value of the last 24 hours; 0 without calls. */
  peak24h: z.number(),
  /** Calls that the cap ended. */
  exceeded24h: z.number().int(),
});
export type CapPressure = z.infer<typeof CapPressure>;

/** `GET …/hosting`: everything that the Hosting tab shows besides the deployment, its operations and the checks. */
export const HostingHealth = z.object({
  regions: z.array(RegionHealth),
  caps: z.array(CapPressure),
  /** The newest ends of the server's runtimes, newest first. */
  crashes: z.array(z.object({ at: Timestamp, node: z.string(), region: z.string(), reason: z.string() })),
});
export type HostingHealth = z.infer<typeof HostingHealth>;

/** What changed in the tools of a server between two looks. */
export const ToolDrift = z.object({
  current: z
    .object({ version: z.string().nullable(), seenAt: Timestamp, toolCount: z.number().int() })
    .nullable(),
  previous: z
    .object({ version: z.string().nullable(), seenAt: Timestamp, toolCount: z.number().int() })
    .nullable(),
  added: z.array(z.string()),
  removed: z.array(z.string()),
  /** `fields` of: title, description, inputSchema, outputSchema, annotations. `breaking`: callers of before may fail now. */
  changed: z.array(z.object({ name: z.string(), fields: z.array(z.string()), breaking: z.boolean() })),
});
export type ToolDrift = z.infer<typeof ToolDrift>;
