import { setTimeout as delay } from "node:timers/promises";
import { and, eq, isNotNull } from "drizzle-orm";
import { servers } from "#drizzle/schema/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { getOperation, listVersions, publishVersion, uploadVersion } from "#lib/domain/deployments/index.ts";
import { createServer, getServer, updateServerConfig } from "#lib/domain/servers/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

/** The hosted server of the sample organization. */
export interface SampleServer {
  slug: string;
  name: string;
  description: string;
  version: string;
  /** One ES module. */
  bundle: Uint8Array;
  /** Environment variables of the hosted code. */
  environment: Readonly<Record<string, string>>;
}

/**
 * Makes the server, uploads its version and publishes it, as far as that has not been done. What the users did since
 * stays: a server that they stopped or republished is left alone, and a deleted one does not come back.
 */
export async function ensurePublished(ctx: Ctx, sample: SampleServer): Promise<"published" | "removed"> {
  const server = await findServer(ctx, sample.slug);
  if (server?.activeVersion) return "published";
  if (!server) {
    if (await wasDeleted(ctx, sample.slug)) return "removed";
    const { slug, name, description } = sample;
    await createServer(ctx, { kind: "hosted", slug, name, description });
  }
  await updateServerConfig(ctx, { server: sample.slug, environment: { ...sample.environment } });
  const versions = await listVersions(ctx, { server: sample.slug });
  if (!versions.some(({ semver }) => semver === sample.version)) {
    await uploadVersion(ctx, {
      server: sample.slug,
      version: sample.version,
      contentType: "application/javascript",
      body: sample.bundle,
    });
  }
  const { id } = await publishVersion(ctx, { server: sample.slug, version: sample.version });
  await hasSucceeded(ctx, sample.slug, id);
  return "published";
}

/** Resolves when an operation succeeded; throws what it failed with. Bounded by how long an operation may be open. */
async function hasSucceeded(ctx: Ctx, server: string, operation: string): Promise<void> {
  const { queuedMsMax, runningMsMax } = limits.operations;
  const untilMs = ctx.clock.monotonicMs() + queuedMsMax + runningMsMax;
  for (;;) {
    const { state, error } = await getOperation(ctx, { server, operation });
    if (state === "succeeded") return;
    if (state === "failed" || state === "canceled")
      throw new DomainError("conflict", error ?? `It was ${state}.`);
    if (ctx.clock.monotonicMs() > untilMs)
      throw new DomainError("timeout", "The sample's publish did not end. Does a jobs process run?");
    await delay(limits.sample.operationPollMs);
  }
}

async function wasDeleted(ctx: Ctx, slug: string): Promise<boolean> {
  const rows = await ctx.database.db
    .select({ id: servers.id })
    .from(servers)
    .where(
      and(
        eq(servers.organizationId, ctx.organization.id),
        eq(servers.slug, slug),
        isNotNull(servers.deletedAt),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

async function findServer(ctx: Ctx, slug: string) {
  try {
    return await getServer(ctx, { server: slug });
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}
