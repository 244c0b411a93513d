import { and, eq } from "drizzle-orm";
import { serverVersions } from "#drizzle/schema/index.ts";
import type { SmokeReport } from "#lib/contract/index.ts";
import { notFound, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx, DrainOutcome } from "../access/index.ts";
import { announce, type ServerRow } from "../servers/index.ts";
import type { OperationProgress } from "./operation-progress.ts";
import type { OperationKindValue, OperationRow } from "./operation-row.ts";
import { STEP } from "./operation-steps.ts";
import { passGate } from "./release-gate.ts";
import { connectedTrial, inTrials } from "./start-trials.ts";
import { switchServer } from "./switch-server.ts";
import type { VersionRow } from "./version-row.ts";

/** One running operation and everything its steps need. */
export interface OperationJob {
  ctx: Ctx;
  row: OperationRow;
  kind: OperationKindValue;
  server: ServerRow;
  progress: OperationProgress;
}

/** Does what the operation is for. A throw fails it, and then nothing was switched. */
export const doWork = (job: OperationJob): Promise<void> => WORK[job.kind](job);

const WORK: Record<OperationKindValue, (job: OperationJob) => Promise<void>> = {
  publish: switchVersion,
  rollback: switchVersion,
  activate,
  deactivate,
  restart,
};

async function switchVersion(job: OperationJob): Promise<void> {
  const { ctx, row, server, progress } = job;
  const version = await versionOf(job);
  const smoke = await inTrials(ctx, server, version, progress, (trials) =>
    passGate({ server, trials, progress, refusal: "bundle_refused" }),
  );
  await switchTraffic(job, { status: "active", versionId: version.id, smoke });
  const old = server.status === "active" ? row.previousVersionId : null;
  if (old === version.id)
    progress.note(STEP.drain, "skipped", null, "This version served already: nothing to wait for.");
  else await drainOld(job, old);
}

async function activate(job: OperationJob): Promise<void> {
  const { ctx, server, progress } = job;
  // The data plane must know the URL as it is stored now before it is asked to reach it.
  if (server.kind === "connected") await announce(ctx, server.id);
  const smoke =
    server.kind === "connected"
      ? await passGate({
          server,
          trials: [connectedTrial(ctx, server)],
          progress,
          refusal: "upstream_failed",
        })
      : await inTrials(ctx, server, await versionOf(job), progress, (trials) =>
          passGate({ server, trials, progress, refusal: "bundle_refused" }),
        );
  await switchTraffic(job, { status: "active", versionId: null, smoke });
}

async function deactivate(job: OperationJob): Promise<void> {
  const { row, server } = job;
  await switchTraffic(job, { status: "inactive", versionId: null, smoke: null });
  if (server.kind === "hosted") await drainOld(job, server.status === "active" ? row.versionId : null);
}

async function restart(job: OperationJob): Promise<void> {
  const { ctx, server, progress } = job;
  await progress.run(STEP.start, async () => {
    await ctx.doors.runtime.restart(server.id);
    return { value: undefined, detail: "Fresh processes serve" };
  });
  await drainOld(job, job.row.versionId);
}

interface SwitchTo {
  status: "active" | "inactive";
  /** Null keeps the present one. */
  versionId: string | null;
  smoke: SmokeReport | null;
}

/** Commits the switch and waits until every edge serves it. Nothing after it may fail the operation. */
async function switchTraffic(
  { ctx, row, kind, server, progress }: OperationJob,
  to: SwitchTo,
): Promise<void> {
  const startedMs = ctx.clock.monotonicMs();
  progress.signal.throwIfAborted();
  progress.note(STEP.switch, "running");
  try {
    await switchServer(kind)(ctx, { operationId: row.id, serverId: server.id, ...to });
  } catch (error) {
    progress.note(STEP.switch, "failed", ctx.clock.monotonicMs() - startedMs, toDomainError(error).message);
    throw error;
  }
  await announce(ctx, server.id);
  progress.note(STEP.switch, "succeeded", ctx.clock.monotonicMs() - startedMs);
}

/** Waits for the calls of a version that no longer serves; null: none did. Never throws. */
async function drainOld({ ctx, server, progress }: OperationJob, versionId: string | null): Promise<void> {
  if (versionId === null) {
    progress.note(STEP.drain, "skipped", null, "No version served before.");
    return;
  }
  try {
    await progress.run(STEP.drain, async () => {
      const outcome = await ctx.doors.runtime.drain(server.id, versionId, limits.operations.drainMs);
      return { value: undefined, detail: drainedWords(outcome) };
    });
  } catch (error) {
    ctx.log.warn({ err: error, serverId: server.id }, "the end of the old version's calls was not seen");
    progress.note(
      STEP.drain,
      "skipped",
      null,
      "Not waited for: the old version ends when its calls have ended.",
    );
  }
}

function drainedWords({ inFlight, sessions, waitedMs }: DrainOutcome): string {
  const calls =
    inFlight === 0
      ? `Its calls ended within ${Math.round(waitedMs)} ms.`
      : `${inFlight} call${inFlight === 1 ? "" : "s"} still run after ${Math.round(waitedMs / 1_000)} s and may finish.`;
  const stay = sessions === 0 ? "" : ` ${sessions} session${sessions === 1 ? " stays" : "s stay"} on it.`;
  return `${calls}${stay}`;
}

async function versionOf({ ctx, row }: OperationJob): Promise<VersionRow> {
  const [version] =
    row.versionId === null
      ? []
      : await ctx.database.db
          .select()
          .from(serverVersions)
          .where(
            and(
              eq(serverVersions.organizationId, row.organizationId),
              eq(serverVersions.serverId, row.serverId),
              eq(serverVersions.id, row.versionId),
            ),
          );
  if (!version) throw notFound("version");
  return version;
}
