import { and, eq, isNotNull } from "drizzle-orm";
import { serverVersions } from "#drizzle/schema/index.ts";
import type { Database } from "#lib/db/index.ts";

/**
 * A version of a server that served at least once, by semver or id; null when there is none. For the data plane, which
 * serves such a version at a URL of its own and to the sessions that it opened.
 */
export async function findPublishedVersion(
  database: Database,
  server: { id: string; organizationId: string },
  named: { semver: string } | { id: string },
): Promise<{ id: string; semver: string; sha256: string } | null> {
  const [row] = await database.db
    .select({ id: serverVersions.id, semver: serverVersions.semver, sha256: serverVersions.sha256 })
    .from(serverVersions)
    .where(
      and(
        eq(serverVersions.organizationId, server.organizationId),
        eq(serverVersions.serverId, server.id),
        isNotNull(serverVersions.publishedAt),
        "id" in named ? eq(serverVersions.id, named.id) : eq(serverVersions.semver, named.semver),
      ),
    );
  return row ?? null;
}
