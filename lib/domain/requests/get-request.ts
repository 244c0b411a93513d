import { z } from "zod";
import type { RequestDetail } from "#lib/contract/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { encodeId, timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { readConsoleLines, toConsoleLine } from "./console-lines.ts";
import { loggedServer } from "./logged-server.ts";
import { requestUuid } from "./request-conditions.ts";
import {
  type StoredRequest,
  storedRequestColumns,
  storedRequestJoins,
  toRequestRow,
} from "./request-rows.ts";
import { visibleSinceMs } from "./visible-window.ts";

const { rowsPerRequestMax, consoleLinesPerRequestMax } = limits.requests;
/** How far the ids of a request's own rows may lie before its id: clocks of a runtime and its edge differ. */
const SKEW_MS = limits.logStream.lineAgeMsMax;

/**
 * Everything that is stored of one call: its messages and the console lines that were written during it. Throws
 * `not_found` for a request that does not exist, is another organization's, or is older than its server's retention.
 */
export const getRequest = query({
  name: "request.get",
  scope: "logs:read",
  input: z.object({ requestId: z.string().min(1).max(64) }),
  async run(ctx, input): Promise<RequestDetail> {
    const { sql } = ctx.database;
    const uuid = uuidOrNotFound(input.requestId);
    const floor = uuid7Floor(timeOfUuid7(uuid) - SKEW_MS);
    const organizationId = ctx.organization.id;
    const rows = await sql<StoredRequest[]>`
      select ${storedRequestColumns(sql)} from request_log r
      ${storedRequestJoins(sql)}
      where r.organization_id = ${organizationId} and r.request_id = ${uuid} and r.id >= ${floor}
      order by r.id limit ${rowsPerRequestMax}`;
    const first = rows[0];
    if (!first) throw notFound("request");
    const server = await loggedServer(ctx.database, organizationId, first.server_id);
    const startedMs = timeOfUuid7(first.id);
    if (startedMs < visibleSinceMs(server.retentionDays, ctx.clock.nowMs())) throw notFound("request");
    const where = sql`request_id = ${uuid} and server_id = ${server.id} and id >= ${floor}`;
    const lines = await readConsoleLines(sql, organizationId, where, consoleLinesPerRequestMax + 1);
    return {
      requestId: encodeId("req", uuid),
      serverId: server.id,
      timestamp: new Date(startedMs).toISOString(),
      rows: rows.map(toRequestRow),
      lines: lines.slice(-consoleLinesPerRequestMax).map(toConsoleLine),
      linesAreCapped: lines.length > consoleLinesPerRequestMax,
      upstream: [],
      upstreamIsCapped: false,
      bodies: [],
      recordsBodies: server.recordBodies,
      billability: [],
      gaps: [],
    };
  },
});

/** What is no request id names no request. */
function uuidOrNotFound(requestId: string): string {
  try {
    return requestUuid(requestId);
  } catch (error) {
    if (error instanceof DomainError) throw notFound("request");
    throw error;
  }
}
