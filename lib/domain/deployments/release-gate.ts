import { and, eq } from "drizzle-orm";
import { serverEnvironment } from "#drizzle/schema/index.ts";
import type { SmokeReport } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx, VerifyOutcome } from "../access/index.ts";
import { storableReport } from "../checks/index.ts";
import { environmentContext, type ServerRow, within } from "../servers/index.ts";
import { loadBundle } from "./bundle-store.ts";
import type { OperationSteps } from "./operation-steps.ts";
import type { VersionRow } from "./version-row.ts";

/** The steps that `passGate` takes. */
export const GATE_STEPS = ["start", "tools/list"] as const;

/**
 * Starts a version apart from all traffic and lists its tools. Answers what the smoke saw. Throws `bundle_refused` with
 * the runtime's own message when it does not start or does not answer, and `unavailable` when the data plane is away.
 */
export async function passGate(
  ctx: Ctx,
  server: ServerRow,
  version: VersionRow,
  steps: OperationSteps,
): Promise<SmokeReport> {
  const startedMs = ctx.clock.monotonicMs();
  let outcome: VerifyOutcome;
  try {
    outcome = await within(
      limits.operations.verifyTimeoutMs,
      ctx.doors.runtime.verify({
        organizationId: server.organizationId,
        serverId: server.id,
        versionId: version.id,
        semver: version.semver,
        bundle: await loadBundle(ctx.database, server.organizationId, version.sha256),
        environment: await loadEnvironment(ctx, server),
      }),
    );
  } catch (error) {
    const failure =
      error instanceof DomainError
        ? error
        : new DomainError("unavailable", "The hosting runtime does not answer. Try again in a moment.", {
            cause: error,
          });
    steps.note("start", "failed", ctx.clock.monotonicMs() - startedMs, failure.message);
    throw failure;
  }
  if (!outcome.ok) {
    const elapsedMs = ctx.clock.monotonicMs() - startedMs;
    if (outcome.step === "tools/list") steps.note("start", "succeeded", null);
    steps.note(outcome.step, "failed", elapsedMs, outcome.message);
    throw new DomainError("bundle_refused", outcome.message, {
      details: { step: outcome.step, version: version.semver },
    });
  }
  steps.note("start", "succeeded", outcome.startMs);
  steps.note("tools/list", "succeeded", outcome.smoke.durationMs, `${outcome.smoke.toolCount} tools`);
  return { ...storableReport(outcome.smoke), server: server.slug };
}

async function loadEnvironment(ctx: Ctx, server: ServerRow): Promise<Record<string, string>> {
  const rows = await ctx.database.db
    .select({ name: serverEnvironment.name, ciphertext: serverEnvironment.ciphertext })
    .from(serverEnvironment)
    .where(
      and(
        eq(serverEnvironment.organizationId, server.organizationId),
        eq(serverEnvironment.serverId, server.id),
      ),
    );
  return Object.fromEntries(
    rows.map(({ name, ciphertext }) => [
      name,
      ctx.doors.unseal(ciphertext, environmentContext(server.organizationId, server.id, name)),
    ]),
  );
}
