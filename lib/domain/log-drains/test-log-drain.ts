import { z } from "zod";
import type { DrainRecord, LogDrainTest } from "#lib/contract/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { type Ctx, command, workflow } from "../access/index.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { DrainRef, getDrainRow, toLogDrain } from "./drain-row.ts";
import { openSink } from "./sink.ts";

/** Sends one labelled test line to the sink, now, whatever the drain's state; its place and counts stay as they are. */
export const testLogDrain = workflow({
  name: "drain.test",
  scope: "drains:write",
  input: DrainRef,
  run: async (ctx, { drain }): Promise<LogDrainTest> => {
    const row = await getDrainRow(ctx.database.db, ctx.organization.id, drain);
    const { kind } = toLogDrain(row, ctx.clock.nowMs());
    const startMs = ctx.clock.monotonicMs();
    const sink = openSink(ctx.doors, { ...row, kind });
    const delivery = await deliver({ doors: ctx.doors, nowMs: ctx.clock.nowMs }, sink, [testRecord(ctx)]);
    const result = resultOf(delivery, ctx.clock.monotonicMs() - startMs);
    await recordTest(ctx, { id: row.id, isAccepted: result.isAccepted, httpStatus: result.httpStatus });
    return result;
  },
});

/** What a caller learns of one delivery. */
export const resultOf = (delivery: Delivery, durationMs: number): LogDrainTest => ({
  isAccepted: delivery.kind === "accepted" && delivery.rejectedRows === 0,
  httpStatus: delivery.httpStatus,
  message: delivery.message,
  durationMs: Math.round(durationMs),
});

const testRecord = (ctx: Ctx): DrainRecord => ({
  log: "console",
  server: "test",
  serverId: "test",
  id: encodeId("log", ctx.ids.uuid(ctx.clock.nowMs())),
  epoch: "test",
  seq: 1,
  timestamp: new Date(ctx.clock.nowMs()).toISOString(),
  level: "info",
  method: "info",
  message: "This is a test of a log drain. Lines of your servers look like this one.",
  version: null,
});

const recordTest = command({
  name: "drain.test",
  scope: "drains:write",
  input: z.object({ id: z.string(), isAccepted: z.boolean(), httpStatus: z.number().nullable() }),
  run: async (_ctx, { id, ...result }) => ({
    value: undefined,
    audit: { entity: "logDrain", entityId: id, after: result },
  }),
});
