import type { Evidence } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import { within } from "../../access/index.ts";
import { isCaller, isTurnedAway, numberOrNull } from "./callers.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

type Hops = Extract<Evidence["logs"]["hops"], { status: "collected" }>["value"];
type Span = { readonly fromMs: number; readonly toMs: number };

const { rowsReadMax } = limits.incidents;

/** How long calls took in all and at the hop behind, of the newest calls of each window; and how many found a cold runtime. */
export async function hopsOf(collection: Collection): Promise<Hops> {
  const { question, read, nowMs } = collection;
  askedServer(question);
  assertIsKept(question, nowMs);
  const startsMs = await startsOf(collection);
  return read(async (sql) => ({
    now: await hopsIn(sql, collection, question.window, startsMs),
    before: await hopsIn(sql, collection, question.before, startsMs),
  }));
}

async function hopsIn(
  sql: Reader,
  { question, organizationId }: Collection,
  span: Span,
  startsMs: readonly number[],
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
  return {
    totalP95Ms: numberOrNull(total?.p95 ?? null),
    // Whatever a connected server takes, it takes behind us.
    upstreamP95Ms: numberOrNull((server.kind === "hosted" ? upstream?.p95 : total?.p95) ?? null),
    coldStarts: startsMs.filter((ms) => ms >= span.fromMs && ms < span.toMs).length,
    startP95Ms: null,
  };
}

/** When runtimes of the server are known to have begun: those that live now, and those that ended and were started again. */
async function startsOf({ ctx, question }: Collection): Promise<number[]> {
  const server = askedServer(question);
  if (server.kind !== "hosted" || server.isDeleted) return [];
  const { runtime } = ctx.doors;
  try {
    const [states, ended] = await Promise.all([
      within(limits.operations.statusTimeoutMs, runtime.status(server.id)),
      within(limits.operations.statusTimeoutMs, runtime.crashes(server.id)),
    ]);
    return [
      ...states.flatMap(({ since }) => (since === null ? [] : [Date.parse(since)])),
      ...ended.map(({ at }) => Date.parse(at)),
    ];
  } catch (error) {
    ctx.log.warn({ err: error, serverId: server.id }, "no edge told when runtimes began");
    return [];
  }
}
