import { CHANNELS, listen } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { claimOperation } from "./claim-operation.ts";
import { type RunningOperation, runOperation } from "./run-operation.ts";

/**
 * Runs queued operations until `signal` is aborted, at most `limits.operations.concurrentMax` at once; any number of
 * processes may do so on one database. Woken by notification, and by time where none comes. On abort it takes nothing
 * new, ends what has not switched yet as failed, and resolves when all is stored. Never rejects.
 */
export async function runOperationWorker(system: System, signal: AbortSignal): Promise<void> {
  const { database, log } = system;
  const running = new Map<string, RunningOperation>();
  let wake = Promise.withResolvers<void>();
  const look = (): void => wake.resolve();
  signal.addEventListener("abort", look, { once: true });
  const stopListening = listenForOperations(system, (operationId) => {
    running.get(operationId)?.look();
    look();
  });

  async function takeAll(): Promise<void> {
    while (!signal.aborted && running.size < limits.operations.concurrentMax) {
      const row = await claimOperation({ database, clock: system.clock });
      if (!row) return;
      const operation = runOperation(system, row, signal);
      running.set(row.id, operation);
      void operation.ended.then(() => {
        running.delete(row.id);
        look();
      });
    }
  }

  while (!signal.aborted) {
    wake = Promise.withResolvers();
    const timer = setTimeout(look, limits.operations.pollMs);
    try {
      await takeAll();
    } catch (error) {
      log.warn({ err: error }, "queued operations cannot be taken; trying again");
    }
    await wake.promise;
    clearTimeout(timer);
  }
  await Promise.all([stopListening(), ...[...running.values()].map(({ ended }) => ended)]);
}

/** Without the database it is looked by time only, so nobody waits for the subscription. Answers how to end it. */
function listenForOperations(
  { database, log }: System,
  onMessage: (operationId: string) => void,
): () => Promise<void> {
  const subscribing = listen(database.sql, CHANNELS.operations, onMessage, () => onMessage("")).catch(
    (error: unknown) => {
      log.warn({ err: error }, "cannot listen for operations; they are looked for by time only");
      return async () => undefined;
    },
  );
  return async () => {
    const stop = await subscribing;
    await stop().catch((error: unknown) => {
      log.debug({ err: error }, "the subscription to operations ended with its connection");
    });
  };
}

/** Runs what is queued now, one after the other, and resolves when it has ended. Answers how many there were. */
export async function runQueuedOperations(system: System): Promise<number> {
  const never = new AbortController();
  let count = 0;
  for (;;) {
    const row = await claimOperation(system);
    if (!row) return count;
    await runOperation(system, row, never.signal).ended;
    count += 1;
  }
}
