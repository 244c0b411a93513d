import { and, eq, inArray } from "drizzle-orm";
import { serverVersions } from "#drizzle/schema/index.ts";
import type { ToolDrift } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { compareTools } from "./compare-tools.ts";
import { newestSnapshots, type ToolSnapshot } from "./tool-snapshots.ts";

const NO_CHANGES = { added: [], removed: [], changed: [] };

/**
 * What changed in the tools of a server: as last seen, against those of the version that was published before it. Of a
 * connected server, or one with a single version: against what was seen before. Without anything to compare with,
 * `previous` is null and nothing has changed.
 */
export const getToolDrift = query({
  name: "check.toolDrift",
  scope: "servers:read",
  input: ServerRef,
  run: async (ctx, { server }): Promise<ToolDrift> => {
    const { db } = ctx.database;
    const row = await getServerRow(db, ctx.organization.id, server);
    const { current, previous } = await newestSnapshots(db, row);
    const versionIds = [current, previous].flatMap((snapshot) => snapshot?.versionId ?? []);
    const versions =
      versionIds.length === 0
        ? []
        : await db
            .select({ id: serverVersions.id, semver: serverVersions.semver })
            .from(serverVersions)
            .where(
              and(
                eq(serverVersions.organizationId, row.organizationId),
                inArray(serverVersions.id, versionIds),
              ),
            );
    const described = (snapshot: ToolSnapshot | null) =>
      snapshot && {
        version: versions.find(({ id }) => id === snapshot.versionId)?.semver ?? null,
        seenAt: snapshot.seenAt.toISOString(),
        toolCount: snapshot.toolCount,
      };
    return {
      current: described(current),
      previous: described(previous),
      ...(current && previous ? compareTools(previous.tools, current.tools) : NO_CHANGES),
    };
  },
});
