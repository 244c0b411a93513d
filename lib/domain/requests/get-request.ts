import type { Sql } from "postgres";
import { z } from "zod";
import type { MessageBody, RequestDetail } from "#lib/contract/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { encodeId, timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { billabilityOf, type Debit } from "./billability.ts";
import { readConsoleLines, toConsoleLine } from "./console-lines.ts";
import { findGaps, SKEW_MS } from "./find-gaps.ts";
import { loggedServer } from "./logged-server.ts";
import { requestUuid } from "./request-conditions.ts";
import {
  type StoredRequest,
  storedRequestColumns,
  storedRequestJoins,
  toRequestRow,
} from "./request-rows.ts";
import { answeringInTime } from "./slow-query.ts";
import { readUpstreamCalls, toUpstreamCall } from "./upstream-calls.ts";
import { visibleSinceMs } from "./visible-window.ts";

const { rowsPerRequestMax, consoleLinesPerRequestMax, upstreamCallsPerRequestMax } = limits.requests;

/**
 * Everything that is stored of one call: its messages with what was said in them, the console lines that were written
 * and the upstream calls that were made during it, and what is missing. Throws `not_found` for a request that does not
 * exist, is another organization's, or is older than its server's retention.
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
    const stored = await sql<StoredRequest[]>`
      select ${storedRequestColumns(sql)} from request_log r
      ${storedRequestJoins(sql)}
      where r.organization_id = ${organizationId} and r.request_id = ${uuid} and r.id >= ${floor}
      order by r.id limit ${rowsPerRequestMax}`;
    const first = stored[0];
    if (!first) throw notFound("request");
    const server = await loggedServer(ctx.database, organizationId, first.server_id);
    const startedMs = timeOfUuid7(first.id);
    const nowMs = ctx.clock.nowMs();
    if (startedMs < visibleSinceMs(server.retentionDays, nowMs)) throw notFound("request");
    const where = sql`request_id = ${uuid} and server_id = ${server.id} and id >= ${floor}`;
    const rowIds = stored.map(({ id }) => id);
    const [storedLines, storedCalls, bodies, debits] = await answeringInTime(
      Promise.all([
        readConsoleLines(sql, organizationId, where, consoleLinesPerRequestMax + 1),
        readUpstreamCalls(sql, organizationId, where, upstreamCallsPerRequestMax + 1),
        readBodies(sql, organizationId, rowIds),
        readDebits(sql, organizationId, rowIds),
      ]),
    );
    const rows = stored.map(toRequestRow);
    const lines = storedLines.slice(-consoleLinesPerRequestMax).map(toConsoleLine);
    const calls = storedCalls.slice(0, upstreamCallsPerRequestMax).map(toUpstreamCall);
    const seen = { organizationId, serverId: server.id, rows, lines, calls, areAllLines: false, nowMs };
    return {
      requestId: encodeId("req", uuid),
      serverId: server.id,
      timestamp: new Date(startedMs).toISOString(),
      rows,
      lines,
      linesAreCapped: storedLines.length > consoleLinesPerRequestMax,
      upstream: calls,
      upstreamIsCapped: storedCalls.length > upstreamCallsPerRequestMax,
      bodies,
      recordsBodies: server.recordBodies,
      billability: stored.map((row) => billabilityOf(toRequestRow(row), debits.get(row.id))),
      gaps: await answeringInTime(findGaps(sql, seen)),
    };
  },
});

/** What was said in the messages with these ids, as far as it was recorded. */
async function readBodies(sql: Sql, organizationId: string, ids: readonly string[]): Promise<MessageBody[]> {
  const rows = await sql<
    {
      id: string;
      request: string | null;
      response: string | null;
      request_bytes: string;
      response_bytes: string;
    }[]
  >`
    select id, request, response, request_bytes, response_bytes from request_bodies
    where organization_id = ${organizationId} and id in ${sql([...ids])} order by id`;
  return rows.map((row) => ({
    id: encodeId("log", row.id),
    request: row.request,
    response: row.response,
    requestBytes: Number(row.request_bytes),
    responseBytes: Number(row.response_bytes),
  }));
}

/** What was billed for the rows with these ids: a call and its debit have one id. */
async function readDebits(
  sql: Sql,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, Debit>> {
  const rows = await sql<{ id: string; tx_id: string; price_version: string | null }[]>`
    select id, tx_id, price_version from usage_events
    where organization_id = ${organizationId} and id in ${sql([...ids])}`;
  return new Map(rows.map((row) => [row.id, { txId: row.tx_id, priceVersion: row.price_version }]));
}

/** What is no request id names no request. */
export function uuidOrNotFound(requestId: string): string {
  try {
    return requestUuid(requestId);
  } catch (error) {
    if (error instanceof DomainError) throw notFound("request");
    throw error;
  }
}
