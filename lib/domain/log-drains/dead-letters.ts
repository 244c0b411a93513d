import { and, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { logDrainDeadLetters, logDrains } from "#drizzle/schema/index.ts";
import { type DeadLetter, type DeadLetterRetry, StoredLog } from "#lib/contract/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { command, query, workflow } from "../access/index.ts";
import { readRowsById } from "../requests/index.ts";
import { deliver } from "./deliver.ts";
import { DrainRef, getDrainRow, toLogDrain } from "./drain-row.ts";
import { openSink } from "./sink.ts";
import { resultOf } from "./test-log-drain.ts";

/** What a sink did not take, newest first. */
export const listDeadLetters = query({
  name: "drain.listDeadLetters",
  scope: "drains:read",
  input: DrainRef,
  run: async (ctx, { drain }): Promise<DeadLetter[]> => {
    const { db } = ctx.database;
    const row = await getDrainRow(db, ctx.organization.id, drain);
    const letters = await db
      .select()
      .from(logDrainDeadLetters)
      .where(
        and(
          eq(logDrainDeadLetters.organizationId, row.organizationId),
          eq(logDrainDeadLetters.drainId, row.id),
        ),
      )
      .orderBy(desc(logDrainDeadLetters.id))
      .limit(limits.drains.deadLettersListedMax);
    return letters.map((letter) => ({
      id: letter.id,
      log: StoredLog.parse(letter.log),
      rows: letter.rowIds.length,
      reason: letter.reason,
      createdAt: letter.createdAt.toISOString(),
    }));
  },
});

const LetterRef = DrainRef.extend({ letter: z.string().min(1).max(64) });

/**
 * Sends the rows of a dead letter that are still stored once more, now. What the sink takes leaves the list, and so does
 * a letter of which nothing is stored any more.
 */
export const retryDeadLetter = workflow({
  name: "drain.retryDeadLetter",
  scope: "drains:write",
  input: LetterRef,
  run: async (ctx, { drain, letter }): Promise<DeadLetterRetry> => {
    const { db, sql: raw } = ctx.database;
    const row = await getDrainRow(db, ctx.organization.id, drain);
    const [found] = await db
      .select()
      .from(logDrainDeadLetters)
      .where(
        and(
          eq(logDrainDeadLetters.organizationId, row.organizationId),
          eq(logDrainDeadLetters.drainId, row.id),
          eq(logDrainDeadLetters.id, letter),
        ),
      );
    if (!found) throw notFound("dead letter");
    const rows = await readRowsById(raw, {
      log: StoredLog.parse(found.log),
      organizationId: row.organizationId,
      ids: found.rowIds,
    });
    const settle = (delivered: number) =>
      settleDeadLetter(ctx, { drain: row.id, letter: found.id, delivered, rows: found.rowIds.length });
    if (rows.length === 0) {
      await settle(0);
      const message = "None of these rows is stored any more, so nothing was sent. They left the list.";
      return { isAccepted: false, httpStatus: null, message, durationMs: 0, rows: 0 };
    }
    const { kind } = toLogDrain(row, ctx.clock.nowMs());
    const startMs = ctx.clock.monotonicMs();
    const records = rows.map(({ record }) => record);
    const sink = openSink(ctx.doors, { ...row, kind });
    const delivery = await deliver({ doors: ctx.doors, nowMs: ctx.clock.nowMs }, sink, records);
    const result = resultOf(delivery, ctx.clock.monotonicMs() - startMs);
    if (result.isAccepted) await settle(records.length);
    return { ...result, rows: records.length };
  },
});

/** Takes a letter off the list. A letter that somebody else settled meanwhile counts once. */
const settleDeadLetter = command({
  name: "drain.settleDeadLetter",
  scope: "drains:write",
  input: z.object({
    drain: z.string(),
    letter: z.string(),
    delivered: z.number().int(),
    rows: z.number().int(),
  }),
  run: async (ctx, { drain, letter, delivered, rows }) => {
    const organizationId = ctx.organization.id;
    const [gone] = await ctx.db
      .delete(logDrainDeadLetters)
      .where(
        and(
          eq(logDrainDeadLetters.organizationId, organizationId),
          eq(logDrainDeadLetters.drainId, drain),
          eq(logDrainDeadLetters.id, letter),
        ),
      )
      .returning({ id: logDrainDeadLetters.id });
    if (gone && delivered > 0)
      await ctx.db
        .update(logDrains)
        .set({
          deliveredRows: sql`${logDrains.deliveredRows} + ${delivered}`,
          deadRows: sql`greatest(0, ${logDrains.deadRows} - ${delivered})`,
          lastDeliveredAt: new Date(ctx.clock.nowMs()),
        })
        .where(and(eq(logDrains.organizationId, organizationId), eq(logDrains.id, drain)));
    return {
      value: undefined,
      audit: { entity: "logDrain", entityId: drain, after: { letter, rows, delivered } },
    };
  },
});
