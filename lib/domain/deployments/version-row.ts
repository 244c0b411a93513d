import { and, desc, eq } from "drizzle-orm";
import { bundles, serverVersions } from "#drizzle/schema/index.ts";
import type { Version } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { CommandCtx } from "../access/index.ts";
import { type ServerRow, userNames } from "../servers/index.ts";

export type VersionRow = typeof serverVersions.$inferSelect;

/** Throws `invalid_input` for a connected server, which has no code of ours. */
export function assertHosted(row: ServerRow): void {
  if (row.kind === "hosted") return;
  throw new DomainError(
    "invalid_input",
    "This server is connected by URL: it has no versions. Its own host publishes its code.",
  );
}

/** The version of a server with that semver. Throws `not_found`. */
export async function getVersionRow(db: Db, server: ServerRow, semver: string): Promise<VersionRow> {
  const [row] = await db
    .select()
    .from(serverVersions)
    .where(
      and(
        eq(serverVersions.organizationId, server.organizationId),
        eq(serverVersions.serverId, server.id),
        eq(serverVersions.semver, semver),
      ),
    );
  if (!row) throw notFound("version");
  return row;
}

/** The versions of a server as the wire shows them, newest first; `only` limits them to one id. */
export async function describeVersions(
  { db, doors }: Pick<CommandCtx, "db" | "doors">,
  server: ServerRow,
  only?: string,
): Promise<Version[]> {
  const rows = await db
    .select({ version: serverVersions, bytes: bundles.bytes })
    .from(serverVersions)
    .innerJoin(
      bundles,
      and(
        eq(bundles.organizationId, serverVersions.organizationId),
        eq(bundles.sha256, serverVersions.sha256),
      ),
    )
    .where(
      and(
        eq(serverVersions.organizationId, server.organizationId),
        eq(serverVersions.serverId, server.id),
        only === undefined ? undefined : eq(serverVersions.id, only),
      ),
    )
    .orderBy(desc(serverVersions.id))
    .limit(limits.servers.versionsPerServerMax);
  const names = await userNames(
    db,
    rows.map(({ version }) => version.createdBy),
  );
  return rows.map(({ version, bytes }) => ({
    id: version.id,
    semver: version.semver,
    sha256: version.sha256,
    bytes,
    createdAt: version.createdAt.toISOString(),
    createdBy: version.createdBy === null ? null : (names.get(version.createdBy) ?? null),
    active: version.id === server.activeVersionId,
    publishedAt: version.publishedAt?.toISOString() ?? null,
    pinnedUrl: version.publishedAt === null ? null : `${doors.mcpUrl(server.slug)}/v/${version.semver}`,
  }));
}
