import { and, count, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import { apiTokens, auditLog, users } from "#drizzle/schema/index.ts";
import { type AuditPage, PageQuery } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { query } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { decodeId, encodeId, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Who changed what in the organization, newest first, by page or by cursor. Pages are pinned to `asOf`. */
export const listAuditLog = query({
  name: "audit.list",
  scope: "audit:read",
  input: PageQuery,
  run: async (ctx, { page, pageSize, cursor, asOf }): Promise<AuditPage> => {
    const asOfMs = asOf === undefined ? ctx.clock.nowMs() : Date.parse(asOf);
    const isMine = eq(auditLog.organizationId, ctx.organization.id);
    const pinned = and(isMine, lt(auditLog.id, uuid7Floor(asOfMs + 1)));
    const where = cursor === undefined ? pinned : and(pinned, lt(auditLog.id, readCursor(cursor)));
    const offset = cursor === undefined ? (page - 1) * pageSize : 0;
    const { db } = ctx.database;
    const [rows, counted] = await Promise.all([
      selectEntries(db, where, pageSize + 1, Math.min(offset, limits.http.pageOffsetMax)),
      countUpTo(db, pinned, limits.http.pageTotalMax + 1),
    ]);
    const shown = offset > limits.http.pageOffsetMax ? [] : rows.slice(0, pageSize);
    const last = shown.at(-1);
    return {
      data: shown.map(({ id, at, ...rest }) => ({ ...rest, id: encodeId("aud", id), at: at.toISOString() })),
      page,
      pageSize,
      total: Math.min(counted, limits.http.pageTotalMax),
      totalIsCapped: counted > limits.http.pageTotalMax,
      nextCursor: rows.length > pageSize && last !== undefined ? encodeId("aud", last.id) : null,
      asOf: new Date(asOfMs).toISOString(),
    };
  },
});

function selectEntries(db: Db, where: SQL | undefined, rowsMax: number, offset: number) {
  return db
    .select({
      id: auditLog.id,
      at: auditLog.at,
      actor: auditLog.actor,
      actorName: sql<string | null>`coalesce(${users.name}, ${apiTokens.name})`,
      action: auditLog.action,
      entity: auditLog.entity,
      entityId: auditLog.entityId,
      before: auditLog.before,
      after: auditLog.after,
      requestId: auditLog.requestId,
    })
    .from(auditLog)
    .leftJoin(users, sql`${auditLog.actor} = 'user:' || ${users.id}`)
    .leftJoin(apiTokens, sql`${auditLog.actor} = 'apiToken:' || ${apiTokens.id}`)
    .where(where)
    .orderBy(desc(auditLog.id))
    .limit(rowsMax)
    .offset(offset);
}

async function countUpTo(db: Db, where: SQL | undefined, max: number): Promise<number> {
  const some = db.select({ id: auditLog.id }).from(auditLog).where(where).limit(max).as("some");
  const [row] = await db.select({ count: count() }).from(some);
  return row?.count ?? 0;
}

function readCursor(cursor: string): string {
  const id = decodeId("aud", cursor);
  if (id !== null) return id;
  throw new DomainError("invalid_input", "This cursor is not one of ours. Start from the first page.", {
    errors: [{ path: "cursor", code: "invalid_cursor", message: "Take it from nextCursor." }],
  });
}
