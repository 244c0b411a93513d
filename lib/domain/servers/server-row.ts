import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { servers } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

export type ServerRow = typeof servers.$inferSelect;

/** How a caller names a server: its id or its slug. */
export const ServerRef = z.object({ server: z.string().min(1).max(64) });

interface LoadOptions {
  /** Holds the row until the transaction ends, so that two writers of one server take turns. */
  lock?: boolean;
}

/**
 * The server that `ref` (id or slug) names inside the organization. Throws the `not_found` that a stranger's and a
 * deleted server share with a missing one.
 */
export async function getServerRow(
  db: Db,
  organizationId: string,
  ref: string,
  options: LoadOptions = {},
): Promise<ServerRow> {
  const named = isId("srv", ref) ? eq(servers.id, ref) : eq(servers.slug, ref);
  const select = db
    .select()
    .from(servers)
    .where(and(eq(servers.organizationId, organizationId), named, isNull(servers.deletedAt)))
    .limit(1);
  const [row] = options.lock ? await select.for("update") : await select;
  if (!row) throw notFound("server");
  return row;
}
