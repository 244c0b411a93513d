import { and, eq } from "drizzle-orm";
import { serverEnvironment } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx, Trial, TrialInput, TrialStart } from "../access/index.ts";
import { smokeToolCall, smokeToolsList } from "../checks/index.ts";
import { environmentContext, type ServerRow } from "../servers/index.ts";
import { loadBundle } from "./bundle-store.ts";
import { type OperationProgress, orAborted } from "./operation-progress.ts";
import { STEP } from "./operation-steps.ts";
import type { VersionRow } from "./version-row.ts";

/**
 * Starts a version apart from all traffic on one edge of every region and gives the trials to `work`; stops them
 * whatever happens, and writes the last errors of a version that failed into the log. Throws `bundle_refused` with
 * the runtime's own message when it does not start, `unavailable` when no edge answers.
 */
export async function inTrials<Value>(
  ctx: Ctx,
  server: ServerRow,
  version: VersionRow,
  progress: OperationProgress,
  work: (trials: readonly Trial[]) => Promise<Value>,
): Promise<Value> {
  let trials: readonly Trial[] = [];
  try {
    trials = await progress.run(STEP.start, async () => {
      const starting = startTrials(ctx, server, version, progress);
      // When it is canceled meanwhile nobody else stops what did start.
      const started = await orAborted(progress.signal, starting).catch((error: unknown) => {
        starting.then(stopAll, () => undefined);
        throw error;
      });
      return { value: started, detail: startedIn(started) };
    });
    const value = await work(trials);
    // Nobody waits for the end of what passed: callers shall reach the version.
    void stopAll(trials);
    return value;
  } catch (error) {
    for (const line of new Set(await stopAll(trials))) progress.write("error", line);
    throw error;
  }
}

async function startTrials(
  ctx: Ctx,
  server: ServerRow,
  version: VersionRow,
  progress: OperationProgress,
): Promise<Trial[]> {
  const environment = await loadEnvironment(ctx, server);
  progress.hide(Object.values(environment));
  let starts: TrialStart[];
  try {
    starts = await whenThereIsRoom(ctx, progress.signal, {
      organizationId: server.organizationId,
      serverId: server.id,
      versionId: version.id,
      semver: version.semver,
      bundle: await loadBundle(ctx.database, server.organizationId, version.sha256),
      environment,
    });
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError("unavailable", "The hosting runtime does not answer. Try again in a moment.", {
      cause: error,
    });
  }
  const trials = starts.flatMap((start) => (start.ok ? [start.trial] : []));
  const refusal = starts.find((start) => !start.ok);
  if (!refusal) return trials;
  await stopAll(trials);
  throw new DomainError(
    "bundle_refused",
    starts.length > 1 ? `In ${refusal.region}: ${refusal.message}` : refusal.message,
    { details: { step: STEP.start, version: version.semver } },
  );
}

/** An edge tries a few versions at once: waits a while for the others to be done. */
async function whenThereIsRoom(ctx: Ctx, signal: AbortSignal, input: TrialInput): Promise<TrialStart[]> {
  const { trialRoomMs, trialRoomPollMs } = limits.operations;
  const untilMs = ctx.clock.monotonicMs() + trialRoomMs;
  for (;;) {
    try {
      return await ctx.doors.runtime.startTrials(input);
    } catch (error) {
      const isFull = error instanceof DomainError && error.code === "limit_reached";
      if (!isFull || signal.aborted || ctx.clock.monotonicMs() > untilMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, trialRoomPollMs));
  }
}

const stopAll = async (trials: readonly Trial[]): Promise<string[]> =>
  (await Promise.all(trials.map((trial) => trial.stop()))).flat();

function startedIn(trials: readonly Trial[]): string {
  const places = trials.map(({ region, startMs }) => `${region} in ${Math.round(startMs)} ms`);
  return `Started in ${places.join(", ")}`;
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

/** A connected server is tried where it is, through its own public path. */
export function connectedTrial(ctx: Ctx, server: ServerRow): Trial {
  const { url, headers } = ctx.doors.internalMcp(server.slug, "smoke");
  const target = {
    serverSlug: server.slug,
    url,
    headers,
    timeoutMs: limits.checks.smokeTimeoutMs,
    clock: ctx.clock,
    ids: ctx.ids,
  };
  return {
    region: "",
    node: "",
    startMs: 0,
    listTools: async (era) => ({ report: await smokeToolsList({ ...target, era }), exit: null }),
    callTool: async ({ tool, arguments: input }) => ({
      report: await smokeToolCall({ ...target, tool, arguments: { ...input } }),
      exit: null,
    }),
    stop: async () => [],
  };
}
