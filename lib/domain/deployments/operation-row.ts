import { and, desc, eq, inArray, lt, or, sql } from "drizzle-orm";
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
import { settledSteps } from "./operation-progress.ts";
import { STEP } from "./operation-steps.ts";

export type OperationRow = typeof operations.$inferSelect;
export type OperationKindValue = z.infer<typeof OperationKind>;
export type Step = z.infer<typeof OperationStep>;

/** The states that hold a server's one place for an operation. */
export const OPEN_STATES = ["queued", "running"];
const ABANDONED =
  "The process that ran this operation ended before it did. Nothing was switched; run it again.";
const NOT_TAKEN = `No worker had room for this operation within ${limits.operations.queuedMsMax / 1_000} s. Check that a jobs process runs, and what the other operations of this organization wait for; then run it again.`;
/** Whether its switch is committed: a wait for old calls that was cut short is no failure. */
const hasSwitched = sql`${operations.switchedAt} is not null`;
const Steps = z.array(OperationStep);
const Log = z.array(OperationLogLine);

/** The steps of a row; of one whose worker did not settle them, as far as is known. */
export function stepsOf(row: Pick<OperationRow, "steps" | "state" | "switchedAt">): Step[] {
  const steps = Steps.parse(row.steps);
  if (OPEN_STATES.includes(row.state)) return steps;
  const isCommitted = (step: Step): boolean => step.name === STEP.switch && row.switchedAt !== null;
  return settledSteps(
    steps.map((step) => (isCommitted(step) ? { ...step, state: "succeeded" } : step)),
    row.state === "succeeded" ? "skipped" : "failed",
  );
}

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
    steps: stepsOf(row),
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
 * Ends operations that nobody works on: queued ones that no worker took within `limits.operations.queuedMsMax`, and
 * running ones whose worker has been silent for `limits.operations.silentMs`. Of one server, or of all. What had been
 * switched stays switched. Answers how many there were.
 */
export async function giveUpOperations(db: Db, nowMs: number, server?: ServerRow): Promise<number> {
  const before = (ageMs: number) => new Date(nowMs - ageMs);
  const { queuedMsMax, silentMs } = limits.operations;
  const given = await db
    .update(operations)
    .set({
      state: sql`case when ${hasSwitched} then 'succeeded' else 'failed' end`,
      error: sql`case when ${operations.state} = 'queued' then ${NOT_TAKEN}
        when ${hasSwitched} then null else ${ABANDONED} end`,
      finishedAt: new Date(nowMs),
    })
    .where(
      and(
        or(
          and(eq(operations.state, "queued"), lt(operations.createdAt, before(queuedMsMax))),
          and(
            eq(operations.state, "running"),
            lt(
              sql`coalesce(${operations.heartbeatAt}, ${operations.startedAt}, ${operations.createdAt})`,
              before(silentMs).toISOString(),
            ),
          ),
        ),
        server === undefined ? undefined : eq(operations.organizationId, server.organizationId),
        server === undefined ? undefined : eq(operations.serverId, server.id),
      ),
    )
    .returning({ id: operations.id });
  return given.length;
}
