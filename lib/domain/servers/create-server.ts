import { and, count, eq, isNull } from "drizzle-orm";
import { servers } from "#drizzle/schema/index.ts";
import { CreateServer } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { announced, command } from "../access/index.ts";
import { assertHostedRoom, retentionMaxOf } from "../plans/index.ts";
import { userIdOf } from "./actor-names.ts";
import { describeServer } from "./describe-servers.ts";
import { firstRetentionDays } from "./retention-cap.ts";
import { assertSlugAllowed, assertSlugCooled, slugTaken } from "./slug.ts";
import { parseUpstreamUrl } from "./upstream-url.ts";

/**
 * Makes a server in status `draft`: a hosted one waits for a version, a connected one for its activation. Throws
 * `conflict` when the slug is taken in any organization or was another one's until lately, `limit_reached` when the
 * organization is full, and `payment_required` when its plan has no room for one more hosted server.
 */
export const createServer = announced(
  command({
    name: "server.create",
    scope: "servers:write",
    input: CreateServer,
    run: async (ctx, input) => {
      assertSlugAllowed(input.slug);
      await assertSlugCooled(ctx, input.slug);
      const upstreamUrl = input.kind === "connected" ? parseUpstreamUrl(input.upstreamUrl) : null;
      const [existing] = await ctx.db
        .select({ total: count() })
        .from(servers)
        .where(and(eq(servers.organizationId, ctx.organization.id), isNull(servers.deletedAt)));
      if ((existing?.total ?? 0) >= limits.servers.perOrganizationMax)
        throw new DomainError(
          "limit_reached",
          `This organization has ${limits.servers.perOrganizationMax} servers, the most it may have. Delete one first.`,
        );
      if (input.kind === "hosted") await assertHostedRoom(ctx);
      const now = new Date(ctx.clock.nowMs());
      const [row] = await ctx.db
        .insert(servers)
        .values({
          organizationId: ctx.organization.id,
          id: ctx.ids.id("srv"),
          slug: input.slug,
          name: input.name,
          description: input.description,
          kind: input.kind,
          upstreamUrl,
          retentionDays: firstRetentionDays((await retentionMaxOf(ctx, ctx.db)).days),
          createdBy: userIdOf(ctx.actor),
          createdAt: now,
          updatedAt: now,
        })
        .onConflictDoNothing()
        .returning();
      if (!row) throw slugTaken(input.slug);
      return {
        value: await describeServer(ctx, row),
        audit: {
          entity: "server",
          entityId: row.id,
          after: { slug: row.slug, name: row.name, kind: row.kind, upstreamUrl },
        },
      };
    },
  }),
  (server) => server.id,
);
