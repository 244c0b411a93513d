import { and, eq } from "drizzle-orm";
import { operations } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import type { OperationProgress } from "./operation-progress.ts";
import type { OperationRow } from "./operation-row.ts";
import { canceledError } from "./switch-server.ts";

/** Stores what a running operation did, and learns whether it may go on. */
export interface OperationStore {
  /** Something changed: it is stored at once, or after the write that is under way. */
  changed(progress: OperationProgress): void;
  /** Looks at once whether it was canceled. */
  look(): void;
  /** Writes nothing more. Resolves when the last write has ended. */
  close(): Promise<void>;
}

/**
 * Writes the steps and log of `row` whenever they change, and a heartbeat every `limits.operations.heartbeatMs`. Tells
 * `onEnd` when somebody canceled it, or gave it up because this process seemed dead. A write that fails is repeated
 * with the next change or heartbeat: whoever finds no heartbeat ends the operation.
 */
export function createOperationStore(
  { database, clock, log }: System,
  row: OperationRow,
  onEnd: (reason: DomainError) => void,
): OperationStore {
  let progress: OperationProgress | null = null;
  let isDirty = false;
  let isLooking = false;
  let isClosed = false;
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    const changes = isDirty && progress ? { steps: [...progress.steps], log: [...progress.log] } : {};
    const wasDirty = isDirty;
    isDirty = false;
    isLooking = false;
    try {
      const [found] = await database.db
        .update(operations)
        .set({ heartbeatAt: new Date(clock.nowMs()), ...changes })
        .where(
          and(
            eq(operations.organizationId, row.organizationId),
            eq(operations.id, row.id),
            eq(operations.state, "running"),
          ),
        )
        .returning({ cancelRequestedAt: operations.cancelRequestedAt });
      if (!found)
        onEnd(new DomainError("conflict", "The operation took too long and was given up. Run it again."));
      else if (found.cancelRequestedAt !== null) onEnd(canceledError());
    } catch (error) {
      isDirty ||= wasDirty;
      log.warn({ err: error, operationId: row.id }, "the progress of an operation could not be stored");
      throw error;
    }
  }

  async function writeAll(): Promise<void> {
    try {
      do await write();
      while ((isDirty || isLooking) && !isClosed);
    } catch {
      // Said where it happened; the next change or heartbeat tries again.
    } finally {
      writing = null;
    }
  }

  const kick = (): void => {
    if (!isClosed) writing ??= writeAll();
  };
  const look = (): void => {
    isLooking = true;
    kick();
  };
  const timer = setInterval(look, limits.operations.heartbeatMs);
  return {
    changed(latest) {
      progress = latest;
      isDirty = true;
      kick();
    },
    look,
    async close() {
      clearInterval(timer);
      isClosed = true;
      await writing;
    },
  };
}
