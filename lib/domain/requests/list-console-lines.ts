import { z } from "zod";
import { type ConsoleLinePage, LogLevel } from "#lib/contract/index.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { readConsoleLines, toConsoleLine } from "./console-lines.ts";
import { decodeFactCursor, encodeFactCursor } from "./fact-cursor.ts";
import { levelNumber } from "./fact-levels.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";
import { requestUuid } from "./request-conditions.ts";
import { answeringInTime } from "./slow-query.ts";
import { visibleSinceMs } from "./visible-window.ts";

/**
 * The stored console lines of one server: the newest `limit` that match, oldest of them first; the cursor leads to
 * older ones. A server with retention 0 has none: its lines can only be watched live.
 */
export const listConsoleLines = query({
  name: "console.list",
  scope: "logs:read",
  input: LoggedServerRef.extend({
    limit: z.int().min(1).max(limits.requests.tailLinesMax).default(100),
    cursor: z.string().max(200).optional(),
    level: LogLevel.optional(),
    requestId: z.string().max(64).optional(),
  }),
  async run(ctx, input): Promise<ConsoleLinePage> {
    const { sql } = ctx.database;
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    const oldestId = uuid7Floor(visibleSinceMs(server.retentionDays, ctx.clock.nowMs()));
    const level = input.level === undefined ? 0 : levelNumber(input.level);
    const where = sql`
      server_id = ${server.id} and id >= ${oldestId}
      ${input.cursor === undefined ? sql`` : sql`and id < ${decodeFactCursor(input.cursor)}`}
      ${level > 0 ? sql`and level >= ${level}` : sql``}
      ${level >= 2 ? sql`and level >= 2` : sql``}
      ${input.requestId === undefined ? sql`` : sql`and request_id = ${requestUuid(input.requestId)}`}`;
    const rows = await answeringInTime(readConsoleLines(sql, ctx.organization.id, where, input.limit + 1));
    const shown = rows.slice(-input.limit);
    const oldest = shown[0];
    return {
      data: shown.map(toConsoleLine),
      nextCursor: oldest && rows.length > input.limit ? encodeFactCursor(oldest.id) : null,
    };
  },
});
