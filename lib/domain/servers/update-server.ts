import { and, eq } from "drizzle-orm";
import { servers } from "#drizzle/schema/index.ts";
import { UpdateServer } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { announced, command } from "../access/index.ts";
import { retentionMaxOf } from "../plans/index.ts";
import { describeServer } from "./describe-servers.ts";
import { assertRetentionAllowed } from "./retention-cap.ts";
import { getServerRow, ServerRef, type ServerRow } from "./server-row.ts";
import { parseUpstreamUrl } from "./upstream-url.ts";

const settingsOf = (row: ServerRow) => ({
  name: row.name,
  description: row.description,
  directAccess: row.directAccess,
  retentionDays: row.retentionDays,
  recordBodies: row.recordBodies,
  upstreamUrl: row.upstreamUrl,
});

/**
 * Changes what is named and leaves the rest. Throws `invalid_input` for an upstream URL on a hosted server, and for a
 * longer retention than the installation or the plan allows.
 */
export const updateServer = announced(
  command({
    name: "server.update",
    scope: "servers:write",
    input: ServerRef.extend(UpdateServer.shape),
    run: async (ctx, { server, upstreamUrl, ...changes }) => {
      const before = await getServerRow(ctx.db, ctx.organization.id, server, { lock: true });
      if (upstreamUrl !== undefined && before.kind !== "connected")
        throw new DomainError("invalid_input", "Only a connected server has an upstream URL.", {
          errors: [
            {
              path: "upstreamUrl",
              code: "not_connected",
              message: "Only a connected server has an upstream URL.",
            },
          ],
        });
      if (changes.retentionDays !== undefined)
        assertRetentionAllowed(changes.retentionDays, await retentionMaxOf(ctx, ctx.db));
      const [after] = await ctx.db
        .update(servers)
        .set({
          ...changes,
          ...(upstreamUrl === undefined ? {} : { upstreamUrl: parseUpstreamUrl(upstreamUrl) }),
          updatedAt: new Date(ctx.clock.nowMs()),
        })
        .where(and(eq(servers.organizationId, before.organizationId), eq(servers.id, before.id)))
        .returning();
      const row = after ?? before;
      return {
        value: await describeServer(ctx, row),
        audit: { entity: "server", entityId: row.id, before: settingsOf(before), after: settingsOf(row) },
      };
    },
  }),
  (server) => server.id,
);
