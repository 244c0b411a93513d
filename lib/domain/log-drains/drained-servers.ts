import { and, eq, inArray, isNull } from "drizzle-orm";
import { servers } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/**
 * The named servers of the organization, without repeats; null stays null and means all. Throws `invalid_input` that
 * names the first one that is not there, whether it is missing or a stranger's.
 */
export async function drainedServers(
  db: Db,
  organizationId: string,
  serverIds: readonly string[] | null,
): Promise<string[] | null> {
  if (serverIds === null) return null;
  const unique = [...new Set(serverIds)];
  const rows = await db
    .select({ id: servers.id })
    .from(servers)
    .where(
      and(eq(servers.organizationId, organizationId), inArray(servers.id, unique), isNull(servers.deletedAt)),
    );
  const known = new Set(rows.map(({ id }) => id));
  const missing = unique.find((id) => !known.has(id));
  if (missing === undefined) return unique;
  const message = `There is no server ${missing.slice(0, 64)} in this organization.`;
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "serverIds", code: "unknown_server", message }],
  });
}
