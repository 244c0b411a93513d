import { RequestLogQuery, type RequestPage } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { readLogPage } from "./log-page.ts";
import { logView, momentOf } from "./log-view.ts";
import { LoggedServerRef, loggedServer } from "./logged-server.ts";
import { readRequests, toRequestRow } from "./request-rows.ts";
import { answeringInTime } from "./slow-query.ts";

/**
 * The request log of one server, newest first. By page: pinned to `asOf`, so that new rows do not move the pages; by
 * cursor: fast at any depth. `readLogPage` says what is exact and what is capped.
 */
export const listRequests = query({
  name: "request.list",
  scope: "logs:read",
  input: RequestLogQuery.extend(LoggedServerRef.shape),
  async run(ctx, input): Promise<RequestPage> {
    const { sql } = ctx.database;
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    const moment = momentOf(ctx.clock.nowMs(), input.asOf);
    const view = logView(sql, "requests", server, input, moment);
    const { ids, ...found } = await answeringInTime(readLogPage(sql, ctx.clock, view, input));
    const rows = await readRequests(sql, server.organizationId, ids);
    return {
      ...found,
      data: rows.map(toRequestRow),
      page: input.page,
      pageSize: input.pageSize,
      asOf: new Date(moment.asOfMs).toISOString(),
    };
  },
});
