import { and, count, eq, isNull } from "drizzle-orm";
import { logDrains } from "#drizzle/schema/index.ts";
import { CreateLogDrain } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type CommandCtx, command } from "../access/index.ts";
import { levelNumber } from "../requests/index.ts";
import { userIdOf } from "../servers/index.ts";
import { placeCursors } from "./drain-cursors.ts";
import { assertDrainNameIsFree, lockDrainsOf, settingsOf, toLogDrain } from "./drain-row.ts";
import { drainedServers } from "./drained-servers.ts";
import { checkSinkHeaders, parseSinkUrl, sealSinkHeaders } from "./sink.ts";

/**
 * Makes a drain that begins now: what was stored before is not sent. Headers are stored sealed. Throws `conflict` when
 * the name is taken, `invalid_input` for an unknown server or a header that cannot be sent, and `limit_reached`.
 */
export const createLogDrain = command({
  name: "drain.create",
  scope: "drains:write",
  input: CreateLogDrain,
  run: async (ctx, { name, kind, url, headers, logs, serverIds, levelMin }) => {
    const organizationId = ctx.organization.id;
    checkSinkHeaders(headers);
    const href = parseSinkUrl(ctx.doors, url);
    await lockDrainsOf(ctx.db, organizationId);
    await assertDrainNameIsFree(ctx.db, { organizationId, name, exceptId: null });
    await requireRoom(ctx);
    const id = ctx.ids.id("drn");
    const now = new Date(ctx.clock.nowMs());
    const unique = [...new Set(logs)];
    const [row] = await ctx.db
      .insert(logDrains)
      .values({
        organizationId,
        id,
        name,
        kind,
        url: href,
        headers: sealSinkHeaders(ctx.doors, { organizationId, id }, headers),
        headerNames: Object.keys(headers).sort(),
        logs: unique,
        serverIds: await drainedServers(ctx.db, organizationId, serverIds),
        levelMin: levelNumber(levelMin),
        createdBy: userIdOf(ctx.actor),
        createdAt: now,
        updatedAt: now,
      })
      .returning();
    if (!row) throw new Error("inserting a log drain answered no row");
    await placeCursors(ctx.db, row, unique);
    return {
      value: toLogDrain(row, ctx.clock.nowMs()),
      audit: { entity: "logDrain", entityId: id, after: settingsOf(row) },
    };
  },
});

async function requireRoom(ctx: CommandCtx): Promise<void> {
  const max = limits.drains.perOrganizationMax;
  const [existing] = await ctx.db
    .select({ total: count() })
    .from(logDrains)
    .where(and(eq(logDrains.organizationId, ctx.organization.id), isNull(logDrains.deletedAt)));
  if ((existing?.total ?? 0) < max) return;
  throw new DomainError(
    "limit_reached",
    `This organization has ${max} log drains, the most it may have. Delete one first.`,
  );
}
