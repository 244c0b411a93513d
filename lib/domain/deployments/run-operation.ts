import { OperationKind } from "#lib/contract/index.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { getServerRow } from "../servers/index.ts";
import { endOperation, finishSwitched } from "./end-operation.ts";
import { operationCtx } from "./operation-actor.ts";
import { createOperationProgress, type OperationProgress } from "./operation-progress.ts";
import { type OperationRow, stepsOf } from "./operation-row.ts";
import { stepNamesOf } from "./operation-steps.ts";
import { createOperationStore, type OperationStore } from "./operation-store.ts";
import { doWork } from "./operation-work.ts";
import { isCanceledError } from "./switch-server.ts";

/** An operation under way in this process. */
export interface RunningOperation {
  /** Resolves when it ended, however it did. Never rejects. */
  readonly ended: Promise<void>;
  /** Looks at once whether somebody canceled it. */
  look(): void;
}

/**
 * Runs an operation that this process has claimed, as the actor who asked for it, and stores every step as it happens.
 * `stop` ends it before its switch; after it, only the wait for old calls is cut short.
 */
export function runOperation(system: System, row: OperationRow, stop: AbortSignal): RunningOperation {
  const ending = new AbortController();
  const store = createOperationStore(system, row, (reason) => ending.abort(reason));
  const stopped = () =>
    ending.abort(
      new DomainError("unavailable", "The process that ran this operation was stopped. Run it again."),
    );
  stop.addEventListener("abort", stopped, { once: true });
  if (stop.aborted) stopped();
  const overdue = setTimeout(
    () =>
      ending.abort(
        new DomainError(
          "timeout",
          `The operation took longer than ${limits.operations.runningMsMax / 1_000} s and was given up. Run it again.`,
        ),
      ),
    limits.operations.runningMsMax,
  );
  const run = async (): Promise<void> => {
    try {
      await runToItsEnd(system, row, ending.signal, store);
    } catch (error) {
      // Its row stays open without a heartbeat, and is ended by whoever finds it so.
      system.log.error({ err: error, operationId: row.id }, "the end of an operation could not be stored");
    } finally {
      clearTimeout(overdue);
      stop.removeEventListener("abort", stopped);
      await store.close();
    }
  };
  return { ended: run(), look: store.look };
}

async function runToItsEnd(
  system: System,
  row: OperationRow,
  signal: AbortSignal,
  store: OperationStore,
): Promise<void> {
  const ctx = await operationCtx(system, row);
  const kind = OperationKind.parse(row.kind);
  let progress: OperationProgress | null = null;
  try {
    const server = await getServerRow(ctx.database.db, row.organizationId, row.serverId);
    const started = createOperationProgress({
      clock: ctx.clock,
      names: stepNamesOf(kind, server.kind),
      signal,
      onChange: () => store.changed(started),
    });
    progress = started;
    await doWork({ ctx, row, kind, server, progress });
    progress.settle();
    await store.close();
    const { steps, log } = progress;
    if (kind === "restart")
      await endOperation(ctx, { kind, operationId: row.id, state: "succeeded", steps, log, error: null });
    else await finishSwitched(ctx, { operationId: row.id, steps, log });
  } catch (thrown) {
    // What was thrown may only be a consequence of why it may not go on.
    const failure = toDomainError(signal.aborted ? signal.reason : thrown);
    if (failure.code === "internal")
      ctx.log.error({ err: thrown, operationId: row.id }, "an operation failed unexpectedly");
    progress?.settle();
    await store.close();
    const isCanceled = isCanceledError(failure);
    await endOperation(ctx, {
      kind,
      operationId: row.id,
      state: isCanceled ? "canceled" : "failed",
      steps: progress?.steps ?? stepsOf({ ...row, state: "failed" }),
      log: progress?.log ?? [],
      error: isCanceled ? null : (progress?.clean(failure.message) ?? failure.message),
    });
  }
}
