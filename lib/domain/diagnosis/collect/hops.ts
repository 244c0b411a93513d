import type { Evidence } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import { within } from "../../access/index.ts";
import { isCaller, isTurnedAway, numberOrNull } from "./callers.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

type Hops = Extract<Evidence["logs"]["hops"], { status: "collected" }>["value"];
type Waits = readonly { readonly atMs: number; readonly waitedMs: number }[];
type Span = { readonly fromMs: number; readonly toMs: number };

const { rowsReadMax } = limits.incidents;

/** How long calls took in all and at the hop behind, of the newest calls of each window; and how many found a cold runtime. */
export async function hopsOf(collection: Collection): Promise<Hops> {
  const { question, read, nowMs } = collection;
  askedServer(question);
  assertIsKept(question, nowMs);
  const waits = await waitsOf(collection);
  return read(async (sql) => ({
    now: await hopsIn(sql, collection, question.window, waits),
    before: await hopsIn(sql, collection, question.before, waits),
  }));
}

async function hopsIn(
  sql: Reader,
  { question, organizationId }: Collection,
  span: Span,
  waits: Waits,
): Promise<Hops["now"]> {
  const server = askedServer(question);
  const { fromId, toId } = idsOf({ window: span, before: span });
  const bounds = sql`organization_id = ${organizationId} and server_id = ${server.id} and id >= ${fromId} and id < ${toId}`;
  const [total] = await sql<{ p95: number | null }[]>`
    select percentile_disc(0.95) within group (order by duration_ms) as p95 from (
      select duration_ms from request_log
      where ${bounds} and method = 'tools/call' and ${isCaller(sql)} and not ${isTurnedAway(sql)}
      order by id desc limit ${rowsReadMax}
    ) calls`;
  const [upstream] = await sql<{ p95: number | null }[]>`
    select percentile_disc(0.95) within group (order by duration_ms) as p95 from (
      select sum(duration_ms) as duration_ms from (
        select request_id, id, duration_ms from upstream_calls where ${bounds} order by id desc limit ${rowsReadMax}
      ) newest group by coalesce(request_id, id)
    ) calls`;
  const waitedMs = waits
    .filter(({ atMs }) => atMs >= span.fromMs && atMs < span.toMs)
    .map((wait) => wait.waitedMs)
    .sort((a, b) => a - b);
  return {
    totalP95Ms: numberOrNull(total?.p95 ?? null),
    // Whatever a connected server takes, it takes behind us.
    upstreamP95Ms: numberOrNull((server.kind === "hosted" ? upstream?.p95 : total?.p95) ?? null),
    coldStarts: waitedMs.length,
    startP95Ms: numberOrNull(waitedMs[Math.ceil(waitedMs.length * 0.95) - 1] ?? null),
  };
}

/** The calls that waited for a runtime, as far as the edges remember. Without an edge nobody knows. */
async function waitsOf({ ctx, question }: Collection): Promise<Waits> {
  const server = askedServer(question);
  if (server.kind !== "hosted" || server.isDeleted) return [];
  const waits = await within(limits.operations.statusTimeoutMs, ctx.doors.runtime.startWaits(server.id));
  return waits.map(({ at, waitedMs }) => ({ atMs: Date.parse(at), waitedMs }));
}
