import { and, desc, eq, inArray, ne } from "drizzle-orm";
import { operations, serverVersions } from "#drizzle/schema/index.ts";
import { RollbackVersion } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { getServerRow, ServerRef, type ServerRow } from "../servers/index.ts";
import { queueing, queueOperation } from "./queue-operation.ts";
import { assertHosted, getVersionRow, type VersionRow } from "./version-row.ts";

/**
 * Asks to make a version serve again that served before, behind the same gate; without one, that which served before
 * the present one. Answers the queued operation. Throws `conflict` when there is none, when it serves already, and while
 * another operation is open on the server.
 */
export const rollbackVersion = queueing(
  command({
    name: "deployment.rollback",
    scope: "deployments:write",
    input: ServerRef.extend(RollbackVersion.shape),
    run: async (ctx, input) => {
      const { db } = ctx;
      const server = await getServerRow(db, ctx.organization.id, input.server, { lock: true });
      assertHosted(server);
      const version =
        input.version === undefined
          ? await previousVersion(db, server)
          : await getVersionRow(db, server, input.version);
      if (version.publishedAt === null)
        throw new DomainError("conflict", `Version ${version.semver} has never served. Publish it instead.`);
      if (version.id === server.activeVersionId)
        throw new DomainError(
          "conflict",
          server.status === "active"
            ? `Version ${version.semver} serves already.`
            : `Version ${version.semver} is the present one, but the server is not active. Activate it.`,
        );
      return queueOperation(ctx, { kind: "rollback", server, versionId: version.id });
    },
  }),
);

/** The version that the present one took over from. */
async function previousVersion(db: Db, server: ServerRow): Promise<VersionRow> {
  const [version] = await db
    .select({ row: serverVersions })
    .from(operations)
    .innerJoin(
      serverVersions,
      and(
        eq(serverVersions.organizationId, operations.organizationId),
        eq(serverVersions.id, operations.previousVersionId),
      ),
    )
    .where(
      and(
        eq(operations.organizationId, server.organizationId),
        eq(operations.serverId, server.id),
        inArray(operations.kind, ["publish", "rollback"]),
        eq(operations.state, "succeeded"),
        server.activeVersionId === null ? undefined : eq(operations.versionId, server.activeVersionId),
        server.activeVersionId === null
          ? undefined
          : ne(operations.previousVersionId, server.activeVersionId),
      ),
    )
    .orderBy(desc(operations.id))
    .limit(1);
  if (version) return version.row;
  throw new DomainError("conflict", "No version served before the present one. Name the version to publish.");
}
