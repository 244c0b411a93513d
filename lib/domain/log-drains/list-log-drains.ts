import { and, asc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { logDrains } from "#drizzle/schema/index.ts";
import type { LogDrain } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { DrainRef, getDrainRow, toLogDrain } from "./drain-row.ts";

/** All drains of the organization by name. */
export const listLogDrains = query({
  name: "drain.list",
  scope: "drains:read",
  input: z.object({}),
  run: async (ctx): Promise<LogDrain[]> => {
    const rows = await ctx.database.db
      .select()
      .from(logDrains)
      .where(and(eq(logDrains.organizationId, ctx.organization.id), isNull(logDrains.deletedAt)))
      .orderBy(asc(logDrains.name), asc(logDrains.id))
      .limit(limits.drains.perOrganizationMax);
    return rows.map((row) => toLogDrain(row, ctx.clock.nowMs()));
  },
});

/** One drain by its id or name. */
export const getLogDrain = query({
  name: "drain.get",
  scope: "drains:read",
  input: DrainRef,
  run: async (ctx, { drain }): Promise<LogDrain> =>
    toLogDrain(await getDrainRow(ctx.database.db, ctx.organization.id, drain), ctx.clock.nowMs()),
});
