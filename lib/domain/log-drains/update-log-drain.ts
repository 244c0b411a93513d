import { and, eq } from "drizzle-orm";
import { logDrains } from "#drizzle/schema/index.ts";
import { UpdateLogDrain } from "#lib/contract/index.ts";
import { command } from "../access/index.ts";
import { levelNumber } from "../requests/index.ts";
import { placeCursors } from "./drain-cursors.ts";
import {
  assertDrainNameIsFree,
  DrainRef,
  getDrainRow,
  lockDrainsOf,
  settingsOf,
  toLogDrain,
} from "./drain-row.ts";
import { drainedServers } from "./drained-servers.ts";
import { checkSinkHeaders, parseSinkUrl, sealSinkHeaders } from "./sink.ts";

/**
 * Changes what is named and leaves the rest; `headers` replaces all of them. A disabled drain keeps its place and goes
 * on from there; a log that is added begins now. A change of where or how it delivers is tried at once.
 */
export const updateLogDrain = command({
  name: "drain.update",
  scope: "drains:write",
  input: DrainRef.extend(UpdateLogDrain.shape),
  run: async (ctx, { drain, name, url, headers, logs, serverIds, levelMin, isEnabled }) => {
    const organizationId = ctx.organization.id;
    await lockDrainsOf(ctx.db, organizationId);
    const before = await getDrainRow(ctx.db, organizationId, drain, { lock: true });
    if (name !== undefined)
      await assertDrainNameIsFree(ctx.db, { organizationId, name, exceptId: before.id });
    if (headers !== undefined) checkSinkHeaders(headers);
    const unique = logs && [...new Set(logs)];
    const [after] = await ctx.db
      .update(logDrains)
      .set({
        ...(name === undefined ? {} : { name }),
        ...(url === undefined ? {} : { url: parseSinkUrl(ctx.doors, url) }),
        ...(headers === undefined
          ? {}
          : {
              headers: sealSinkHeaders(ctx.doors, before, headers),
              headerNames: Object.keys(headers).sort(),
            }),
        ...(unique === undefined ? {} : { logs: unique }),
        ...(serverIds === undefined
          ? {}
          : { serverIds: await drainedServers(ctx.db, organizationId, serverIds) }),
        ...(levelMin === undefined ? {} : { levelMin: levelNumber(levelMin) }),
        ...(isEnabled === undefined ? {} : { isEnabled }),
        // Whoever changes where it goes does not want to wait for the next try of the old settings.
        ...(url === undefined && headers === undefined && isEnabled !== true
          ? {}
          : { failuresInRow: 0, nextAttemptAt: null }),
        updatedAt: new Date(ctx.clock.nowMs()),
      })
      .where(and(eq(logDrains.organizationId, organizationId), eq(logDrains.id, before.id)))
      .returning();
    const row = after ?? before;
    if (unique) await placeCursors(ctx.db, row, unique);
    return {
      value: toLogDrain(row, ctx.clock.nowMs()),
      audit: {
        entity: "logDrain",
        entityId: row.id,
        before: settingsOf(before),
        after: { ...settingsOf(row), ...(headers === undefined ? {} : { headersReplaced: true }) },
      },
    };
  },
});
