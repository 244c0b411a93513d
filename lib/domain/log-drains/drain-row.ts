import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { logDrains, organizations } from "#drizzle/schema/index.ts";
import { type LogDrain, LogDrainKind, type LogDrainState, StoredLog } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { levelOfNumber } from "../requests/index.ts";

export type DrainRow = typeof logDrains.$inferSelect;

/** How a caller names a drain: its id or its name, in any case. */
export const DrainRef = z.object({ drain: z.string().min(1).max(100) });

/**
 * The drain that `ref` names inside the organization. Throws the `not_found` that a stranger's and a deleted one share
 * with a missing one. `lock` holds the row until the transaction ends.
 */
export async function getDrainRow(
  db: Db,
  organizationId: string,
  ref: string,
  options: { lock?: boolean } = {},
): Promise<DrainRow> {
  const named = isId("drn", ref)
    ? eq(logDrains.id, ref)
    : eq(sql`lower(${logDrains.name})`, sql`lower(${ref})`);
  const select = db
    .select()
    .from(logDrains)
    .where(and(eq(logDrains.organizationId, organizationId), named, isNull(logDrains.deletedAt)))
    .limit(1);
  const [row] = options.lock ? await select.for("update") : await select;
  if (!row) throw notFound("log drain");
  return row;
}

/** Lets the writers of an organization's drains take turns, so that names and counts hold when they commit. */
export async function lockDrainsOf(db: Db, organizationId: string): Promise<void> {
  await db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, organizationId))
    .for("no key update");
}

/** Throws `conflict` when another drain of the organization has the name, in any case. Call it under the lock. */
export async function assertDrainNameIsFree(
  db: Db,
  { organizationId, name, exceptId }: { organizationId: string; name: string; exceptId: string | null },
): Promise<void> {
  const [taken] = await db
    .select({ id: logDrains.id })
    .from(logDrains)
    .where(
      and(
        eq(logDrains.organizationId, organizationId),
        eq(sql`lower(${logDrains.name})`, sql`lower(${name})`),
        isNull(logDrains.deletedAt),
      ),
    );
  if (!taken || taken.id === exceptId) return;
  const message = `There is already a drain named "${name}". Choose another name.`;
  throw new DomainError("conflict", message, { errors: [{ path: "name", code: "taken", message }] });
}

/** The drain as the API shows it: never a header's value. */
export const toLogDrain = (row: DrainRow, nowMs: number): LogDrain => ({
  id: row.id,
  name: row.name,
  kind: LogDrainKind.parse(row.kind),
  url: row.url,
  headerNames: row.headerNames,
  logs: row.logs.flatMap((log) => StoredLog.safeParse(log).data ?? []),
  serverIds: row.serverIds,
  levelMin: levelOfNumber(row.levelMin),
  isEnabled: row.isEnabled,
  state: stateOf(row, nowMs),
  caughtUpAt: row.caughtUpAt?.toISOString() ?? null,
  lastDeliveredAt: row.lastDeliveredAt?.toISOString() ?? null,
  lastError: row.lastError,
  lastErrorAt: row.lastErrorAt?.toISOString() ?? null,
  failuresInRow: row.failuresInRow,
  nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
  deliveredRows: row.deliveredRows,
  deadRows: row.deadRows,
  createdAt: row.createdAt.toISOString(),
});

function stateOf(row: DrainRow, nowMs: number): LogDrainState {
  if (!row.isEnabled) return "disabled";
  if (row.failuresInRow > 0 || wasRefusedLast(row)) return "failing";
  // A drain that nobody serves, because no jobs process runs, is behind as well.
  const lastMs = (row.caughtUpAt ?? row.createdAt).getTime();
  if (nowMs - lastMs > limits.drains.behindMs) return "behind";
  return row.lastDeliveredAt === null ? "waiting" : "ok";
}

/** Whether the last rows that were sent became dead letters. */
const wasRefusedLast = ({ deadRows, lastErrorAt, lastDeliveredAt }: DrainRow): boolean =>
  deadRows > 0 && lastErrorAt !== null && lastErrorAt.getTime() > (lastDeliveredAt?.getTime() ?? 0);

/** What the audit log says of a drain. */
export const settingsOf = (row: DrainRow) => ({
  name: row.name,
  kind: row.kind,
  url: row.url,
  headerNames: row.headerNames,
  logs: row.logs,
  serverIds: row.serverIds,
  levelMin: levelOfNumber(row.levelMin),
  isEnabled: row.isEnabled,
});
