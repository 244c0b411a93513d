import { and, desc, eq, inArray, lt } from "drizzle-orm";
import { z } from "zod";
import { operations, serverVersions } from "#drizzle/schema/index.ts";
import {
  type Operation,
  OperationKind,
  OperationLogLine,
  OperationState,
  OperationStep,
} from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { actorNames, type ServerRow } from "../servers/index.ts";

export type OperationRow = typeof operations.$inferSelect;
export type OperationKindValue = z.infer<typeof OperationKind>;
export type Step = z.infer<typeof OperationStep>;

/** The states that hold a server's one place for an operation. */
export const OPEN_STATES = ["queued", "running"];
const ABANDONED = "The process that ran this operation ended before it did. Run it again.";
const Steps = z.array(OperationStep);
const Log = z.array(OperationLogLine);

/** Rows of one organization as the wire shows them, in the same order. */
export async function describeOperations(
  db: Db,
  rows: readonly OperationRow[],
  withLog = false,
): Promise<Operation[]> {
  const [first] = rows;
  if (!first) return [];
  const versionIds = rows.flatMap((row) =>
    [row.versionId, row.previousVersionId].filter((id) => id !== null),
  );
  const [names, versions] = await Promise.all([
    actorNames(
      db,
      rows.map((row) => row.actor),
    ),
    versionIds.length === 0
      ? []
      : db
          .select({ id: serverVersions.id, semver: serverVersions.semver })
          .from(serverVersions)
          .where(
            and(
              eq(serverVersions.organizationId, first.organizationId),
              inArray(serverVersions.id, versionIds),
            ),
          ),
  ]);
  const semvers = new Map(versions.map((version) => [version.id, version.semver]));
  return rows.map((row) => ({
    id: row.id,
    serverId: row.serverId,
    kind: OperationKind.parse(row.kind),
    state: OperationState.parse(row.state),
    version: row.versionId === null ? null : (semvers.get(row.versionId) ?? null),
    previousVersion: row.previousVersionId === null ? null : (semvers.get(row.previousVersionId) ?? null),
    actor: names.get(row.actor) ?? null,
    steps: Steps.parse(row.steps),
    log: withLog ? Log.parse(row.log) : [],
    cancelRequested: row.cancelRequestedAt !== null,
    error: row.error,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}

export async function describeOperation(db: Db, row: OperationRow): Promise<Operation> {
  const [operation] = await describeOperations(db, [row], true);
  if (!operation) throw new Error("describing one operation answered none");
  return operation;
}

/** The newest operations of a server, at most `limit`. */
export const newestOperations = (db: Db, server: ServerRow, limit: number): Promise<OperationRow[]> =>
  db
    .select()
    .from(operations)
    .where(and(eq(operations.organizationId, server.organizationId), eq(operations.serverId, server.id)))
    .orderBy(desc(operations.id))
    .limit(limit);

/**
 * Marks operations as failed that were left open by a process that ended: those that started more than
 * `limits.operations.runningMsMax` before `nowMs`. Of one server, or of all. Answers how many there were.
 */
export async function failAbandoned(db: Db, nowMs: number, server?: ServerRow): Promise<number> {
  const failed = await db
    .update(operations)
    .set({ state: "failed", error: ABANDONED, finishedAt: new Date(nowMs) })
    .where(
      and(
        inArray(operations.state, OPEN_STATES),
        lt(operations.createdAt, new Date(nowMs - limits.operations.runningMsMax)),
        server === undefined ? undefined : eq(operations.organizationId, server.organizationId),
        server === undefined ? undefined : eq(operations.serverId, server.id),
      ),
    )
    .returning({ id: operations.id });
  return failed.length;
}
