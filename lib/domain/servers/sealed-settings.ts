import { and, eq, inArray, sql } from "drizzle-orm";
import { serverEnvironment, serverUpstreamHeaders } from "#drizzle/schema/index.ts";
import type { CommandCtx } from "../access/index.ts";
import { environmentContext, upstreamHeaderContext } from "./environment-seal.ts";
import type { ServerRow } from "./server-row.ts";

/** AES-256-GCM adds a 12-byte nonce and a 16-byte tag to the value. */
const SEAL_OVERHEAD_BYTES = 28;

const TABLES = {
  environment: { table: serverEnvironment, contextOf: environmentContext },
  upstreamHeaders: { table: serverUpstreamHeaders, contextOf: upstreamHeaderContext },
} as const;
export type SealedKind = keyof typeof TABLES;

/** A string sets a value, null removes it. */
export type SealedChanges = Readonly<Record<string, string | null>>;

/** Seals and stores values of one kind, and removes others. Answers the names of both, for the audit log. */
export async function writeSealed(
  ctx: CommandCtx,
  row: ServerRow,
  { kind, changes }: { kind: SealedKind; changes: SealedChanges },
): Promise<{ set: string[]; removed: string[] }> {
  const { table, contextOf } = TABLES[kind];
  const entries = Object.entries(changes);
  const removed = entries.flatMap(([name, value]) => (value === null ? [name] : []));
  const set = entries.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
  if (removed.length > 0)
    await ctx.db
      .delete(table)
      .where(
        and(
          eq(table.organizationId, row.organizationId),
          eq(table.serverId, row.id),
          inArray(table.name, removed),
        ),
      );
  if (set.length > 0)
    await ctx.db
      .insert(table)
      .values(
        set.map(({ name, value }) => ({
          organizationId: row.organizationId,
          serverId: row.id,
          name,
          ciphertext: ctx.doors.seal(value, contextOf(row.organizationId, row.id, name)),
          updatedAt: new Date(ctx.clock.nowMs()),
        })),
      )
      .onConflictDoUpdate({
        target: [table.organizationId, table.serverId, table.name],
        set: { ciphertext: sql`excluded.ciphertext`, updatedAt: sql`excluded.updated_at` },
      });
  return { set: set.map(({ name }) => name), removed };
}

/** How many values of one kind a server has, and their bytes with their names. */
export async function sealedUsage(
  ctx: CommandCtx,
  row: ServerRow,
  kind: SealedKind,
): Promise<{ values: number; bytes: number }> {
  const { table } = TABLES[kind];
  const [usage] = await ctx.db
    .select({
      values: sql<number>`count(*)::int`,
      bytes: sql<number>`coalesce(sum(octet_length(name) + octet_length(ciphertext) - ${SEAL_OVERHEAD_BYTES}), 0)::int`,
    })
    .from(table)
    .where(and(eq(table.organizationId, row.organizationId), eq(table.serverId, row.id)));
  return usage ?? { values: 0, bytes: 0 };
}
