import { and, eq } from "drizzle-orm";
import { logDrainCursors, logDrainDeadLetters, logDrains } from "#drizzle/schema/index.ts";
import { command } from "../access/index.ts";
import { DrainRef, getDrainRow, settingsOf } from "./drain-row.ts";

/** Deletes a drain with its place, its headers and its dead letters: nothing more is sent. Its name is free again. */
export const deleteLogDrain = command({
  name: "drain.delete",
  scope: "drains:write",
  input: DrainRef,
  run: async (ctx, { drain }) => {
    const row = await getDrainRow(ctx.db, ctx.organization.id, drain, { lock: true });
    const { organizationId, id } = row;
    const now = new Date(ctx.clock.nowMs());
    await ctx.db
      .update(logDrains)
      .set({ deletedAt: now, updatedAt: now, isEnabled: false, headers: null })
      .where(and(eq(logDrains.organizationId, organizationId), eq(logDrains.id, id)));
    await ctx.db
      .delete(logDrainCursors)
      .where(and(eq(logDrainCursors.organizationId, organizationId), eq(logDrainCursors.drainId, id)));
    await ctx.db
      .delete(logDrainDeadLetters)
      .where(
        and(eq(logDrainDeadLetters.organizationId, organizationId), eq(logDrainDeadLetters.drainId, id)),
      );
    return {
      value: { id },
      audit: { entity: "logDrain", entityId: id, before: settingsOf(row) },
    };
  },
});
