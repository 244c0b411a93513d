import { type ConsoleLogPage, ConsoleLogQuery } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { readLinesById, toConsoleLine } from "./console-lines.ts";
import { readLogPage } from "./log-page.ts";
import { logView, momentOf } from "./log-view.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";
import { answeringInTime } from "./slow-query.ts";

/**
 * The stored console lines of one server, newest first. By page: pinned to `asOf`; by cursor: fast at any depth.
 * `readLogPage` says what is exact and what is capped. A server with retention 0 has none.
 */
export const listConsoleLog = query({
  name: "console.page",
  scope: "logs:read",
  input: ConsoleLogQuery.extend(LoggedServerRef.shape),
  async run(ctx, input): Promise<ConsoleLogPage> {
    const { sql } = ctx.database;
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    const moment = momentOf(ctx.clock.nowMs(), input.asOf);
    const view = logView(sql, "console", server, input, moment);
    const { ids, ...found } = await answeringInTime(readLogPage(sql, ctx.clock, view, input));
    const lines = await readLinesById(sql, server.organizationId, ids);
    return {
      ...found,
      data: lines.map(toConsoleLine),
      page: input.page,
      pageSize: input.pageSize,
      asOf: new Date(moment.asOfMs).toISOString(),
    };
  },
});
