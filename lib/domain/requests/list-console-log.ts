import { type ConsoleLogPage, ConsoleLogQuery } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query } from "../access/index.ts";
import { consoleConditions } from "./console-conditions.ts";
import { type StoredLine, toConsoleLine } from "./console-lines.ts";
import { decodeFactCursor, encodeFactCursor } from "./fact-cursor.ts";
import { type LoggedServer, LoggedServerRef, loggedServer } from "./logged-server.ts";
import { answeringInTime } from "./slow-query.ts";
import { idBounds, visibleSinceMs, visibleWindow } from "./visible-window.ts";

const { totalMax } = limits.requests;

/** The stored console lines of a server, newest first. */
export const listConsoleLog = query({
  name: "console.page",
  scope: "logs:read",
  input: ConsoleLogQuery.extend(LoggedServerRef.shape),
  async run(ctx, input): Promise<ConsoleLogPage> {
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    return answeringInTime(readPage(ctx, server, input));
  },
});

async function readPage(ctx: Ctx, server: LoggedServer, input: ConsoleLogQuery): Promise<ConsoleLogPage> {
  const { sql } = ctx.database;
  const nowMs = ctx.clock.nowMs();
  const asOfMs = input.asOf === undefined ? nowMs : Date.parse(input.asOf);
  const window = visibleWindow(input, {
    asOfMs,
    visibleSinceMs: visibleSinceMs(server.retentionDays, nowMs),
  });
  const { fromId, toId } = idBounds(window);
  const scope = { organizationId: server.organizationId, serverId: server.id, window };
  const where = sql`
    organization_id = ${server.organizationId} and server_id = ${server.id} and id >= ${fromId}
    ${consoleConditions(sql, scope, input)}
    ${input.q === undefined ? sql`` : sql`and message ilike ${`%${input.q.replace(/[\\%_]/g, "\\$&")}%`}`}`;
  const [counted] = await sql<{ n: number }[]>`
    select count(*)::int as n from (select 1 from console_log where ${where} and id < ${toId} limit ${totalMax + 1}) c`;
  const total = counted?.n ?? 0;
  const below =
    input.cursor === undefined ? toId : ([decodeFactCursor(input.cursor), toId].sort()[0] ?? toId);
  const skip = input.cursor === undefined ? (input.page - 1) * input.pageSize : 0;
  const rows = await sql<StoredLine[]>`
    select c.id, c.request_id, c.epoch, c.seq, c.level, c.method, c.message, c.truncated, c.bytes, v.semver
    from (
      select * from console_log where ${where} and id < ${below}
      order by id desc limit ${input.pageSize + 1} offset ${skip}
    ) c
    left join server_versions v on v.organization_id = c.organization_id and v.id = c.version_id
    order by c.id desc`;
  const shown = rows.slice(0, input.pageSize);
  const last = shown.at(-1);
  return {
    data: shown.map(toConsoleLine),
    page: input.page,
    pageSize: input.pageSize,
    total,
    totalIsCapped: total > totalMax,
    nextCursor: last && rows.length > input.pageSize ? encodeFactCursor(last.id) : null,
    asOf: new Date(asOfMs).toISOString(),
    search:
      input.q === undefined ? null : { scannedTo: new Date(window.fromMs).toISOString(), isComplete: true },
  };
}
