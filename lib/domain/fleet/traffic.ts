import { and, eq, gte, lt, sql } from "drizzle-orm";
import { requestRollup } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { percentileMs } from "../requests/index.ts";

const HOUR_MS = 3_600_000;
const ERROR_LEVEL = 3;

/** What happened on one server, or on all, in a window. */
export interface Traffic {
  calls: number;
  errors: number;
  /** Calls per duration bucket. */
  buckets: number[];
}

export const noTraffic = (): Traffic => ({ calls: 0, errors: 0, buckets: [] });

/** Share of failed calls, 0…1; null without calls. */
export const errorRate = (traffic: Traffic): number | null =>
  traffic.calls === 0 ? null : traffic.errors / traffic.calls;

/** The duration in milliseconds that 95 % of the calls stay below; null without calls. */
export const p95Ms = (traffic: Traffic): number | null => {
  const ms = percentileMs(
    Array.from(traffic.buckets, (calls) => calls ?? 0),
    0.95,
  );
  return ms === null ? null : Math.round(ms * 10) / 10;
};

/** The 24 whole hours that end with the hour of `nowMs`, as `[from, to)` in epoch milliseconds. */
export function lastDay(nowMs: number): { fromMs: number; toMs: number } {
  const toMs = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
  return { fromMs: toMs - 24 * HOUR_MS, toMs };
}

const inWindow = (organizationId: string, { fromMs, toMs }: { fromMs: number; toMs: number }) =>
  and(
    eq(requestRollup.organizationId, organizationId),
    eq(requestRollup.kind, "request"),
    gte(requestRollup.hour, new Date(fromMs)),
    lt(requestRollup.hour, new Date(toMs)),
  );

/** The last day's requests of each server of an organization, from the hourly counts. Probes and notifications are left out. */
export async function trafficByServer(
  db: Db,
  organizationId: string,
  nowMs: number,
): Promise<ReadonlyMap<string, Traffic>> {
  const rows = await db
    .select({
      serverId: requestRollup.serverId,
      bucket: requestRollup.durationBucket,
      calls: sql<number>`sum(${requestRollup.calls})::float8`,
      errors: sql<number>`coalesce(sum(${requestRollup.calls}) filter (where ${requestRollup.level} >= ${ERROR_LEVEL}), 0)::float8`,
    })
    .from(requestRollup)
    .where(inWindow(organizationId, lastDay(nowMs)))
    .groupBy(requestRollup.serverId, requestRollup.durationBucket);
  const byServer = new Map<string, Traffic>();
  for (const row of rows) {
    const traffic = byServer.get(row.serverId) ?? noTraffic();
    traffic.calls += row.calls;
    traffic.errors += row.errors;
    traffic.buckets[row.bucket] = row.calls;
    byServer.set(row.serverId, traffic);
  }
  return byServer;
}

/** The last day of an organization hour by hour, empty hours included. */
export async function trafficByHour(
  db: Db,
  organizationId: string,
  nowMs: number,
): Promise<{ hour: string; calls: number; errors: number }[]> {
  const day = lastDay(nowMs);
  const rows = await db
    .select({
      hour: requestRollup.hour,
      calls: sql<number>`sum(${requestRollup.calls})::float8`,
      errors: sql<number>`coalesce(sum(${requestRollup.calls}) filter (where ${requestRollup.level} >= ${ERROR_LEVEL}), 0)::float8`,
    })
    .from(requestRollup)
    .where(inWindow(organizationId, day))
    .groupBy(requestRollup.hour);
  const counted = new Map(rows.map((row) => [row.hour.getTime(), row]));
  return Array.from({ length: 24 }, (_, index) => {
    const hourMs = day.fromMs + index * HOUR_MS;
    const row = counted.get(hourMs);
    return { hour: new Date(hourMs).toISOString(), calls: row?.calls ?? 0, errors: row?.errors ?? 0 };
  });
}
