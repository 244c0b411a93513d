import { type ConsoleContext, ConsoleContextQuery } from "#lib/contract/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { query } from "../access/index.ts";
import { selectConsoleLines, toConsoleLine } from "./console-lines.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";
import { answeringInTime } from "./slow-query.ts";
import { visibleSinceMs } from "./visible-window.ts";

/** The largest time that an id can hold, so that any place is before the end of time. */
const MS_MAX = 2 ** 48 - 1;

/**
 * A line among its neighbours, whatever filter it was found with. A line that is not stored (any more) has a null
 * target, and what was written around its time is answered all the same.
 */
export const getConsoleContext = query({
  name: "console.context",
  scope: "logs:read",
  input: ConsoleContextQuery.extend(LoggedServerRef.shape),
  async run(ctx, input): Promise<ConsoleContext> {
    const { sql } = ctx.database;
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    const place = placeOf(input.line);
    const fromId = uuid7Floor(visibleSinceMs(server.retentionDays, ctx.clock.nowMs()));
    const ofServer = sql`organization_id = ${server.organizationId} and server_id = ${server.id} and id >= ${fromId}`;
    const atMs = Math.min(place.timestampMs, MS_MAX);
    const [target] = await answeringInTime(
      selectConsoleLines(
        sql,
        sql`${ofServer} and id >= ${uuid7Floor(atMs)} and id < ${uuid7Floor(Math.min(atMs + 1, MS_MAX))}
          and epoch = ${place.epoch} and seq = ${place.seq} order by id limit 1`,
      ),
    );
    const middleId = target?.id ?? uuid7Floor(atMs);
    const [before, after] = await answeringInTime(
      Promise.all([
        selectConsoleLines(sql, sql`${ofServer} and id < ${middleId} order by id desc limit ${input.before}`),
        selectConsoleLines(
          sql,
          sql`${ofServer} and id ${target ? sql`>` : sql`>=`} ${middleId} order by id limit ${input.after}`,
        ),
      ]),
    );
    const lines = [...before, ...(target ? [target] : []), ...after];
    return { data: lines.map(toConsoleLine), target: target ? before.length : null };
  },
});

function placeOf(line: string): { epoch: string; seq: number; timestampMs: number } {
  const [epoch = "", seq = "", timestampMs = ""] = line.split(".");
  return { epoch, seq: Number(seq), timestampMs: Number(timestampMs) };
}
