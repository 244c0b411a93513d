import type { z } from "zod";
import type { VerifyRequest } from "#lib/contract/edge-control.ts";
import type { SmokeReport } from "#lib/contract/index.ts";
import type { VerifyOutcome } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import type { LogHub } from "../observation/index.ts";
import { createLeaseFetch } from "./lease-fetch.ts";

/** Lists the tools of an MCP server in a real session; tries the modern era first, then the legacy one. */
export type ListTools = (target: {
  serverSlug: string;
  url: string;
  fetch: ReturnType<typeof createLeaseFetch>;
}) => Promise<SmokeReport>;

export interface VerifyOptions {
  directory: Pick<ServerDirectory, "byId">;
  driver: Pick<RuntimeDriver, "trial">;
  listTools: ListTools;
  /** Where the bundle's console lines go, secrets already taken out. */
  lines: Pick<LogHub, "position" | "errorsOf">;
}

/**
 * Starts a bundle apart from all traffic, lists its tools and stops it. What the bundle does wrong is an outcome; only
 * failures of ours are thrown.
 */
export async function verifyBundle(
  { directory, driver, listTools, lines }: VerifyOptions,
  input: z.output<typeof VerifyRequest>,
): Promise<VerifyOutcome> {
  const slug = directory.byId(input.serverId)?.slug ?? input.serverId;
  const after = lines.position(input.serverId)?.head ?? 0;
  let trial: Awaited<ReturnType<RuntimeDriver["trial"]>>;
  try {
    trial = await driver.trial({
      server: { id: input.serverId, organizationId: input.organizationId, slug },
      version: { id: input.versionId, semver: input.semver },
      bundle: input.bundle,
      environment: input.environment,
    });
  } catch (error) {
    if (
      error instanceof DomainError &&
      (error.code === "bundle_refused" || error.code === "runtime_failed")
    ) {
      return { ok: false, step: "start", message: error.message };
    }
    throw error;
  }
  const { lease, startMs } = trial;
  let smoke: SmokeReport;
  let exit: ReturnType<typeof lease.exit>;
  try {
    smoke = await listTools({
      serverSlug: slug,
      url: `${lease.origin}${lease.path}`,
      fetch: createLeaseFetch(lease.dispatcher),
    });
    exit = lease.exit();
  } finally {
    lease.end();
    await trial.stop();
  }
  if (smoke.status === "passed") return { ok: true, startMs, smoke };
  const failure = smoke.failure?.message ?? "tools/list did not pass";
  // The trial has ended, so everything that it wrote is there.
  const { errorLinesMax: linesMax, errorLineCharactersMax } = limits.control;
  const written = lines.errorsOf(input.serverId, { versionId: input.versionId, after, linesMax });
  const message = [
    exit ? `${exit.message} (${failure})` : failure,
    ...written.map((line) => line.slice(0, errorLineCharactersMax)),
  ].join("\n");
  return { ok: false, step: "tools/list", message };
}
