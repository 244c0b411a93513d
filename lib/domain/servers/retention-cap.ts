import { and, eq, gt, isNull } from "drizzle-orm";
import { z } from "zod";
import { servers } from "#drizzle/schema/index.ts";
import { RETENTION_DAYS } from "#lib/contract/index.ts";
import { CHANNELS, notify } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { type System, systemCommand } from "../access/index.ts";
import { lowestRetention, plansOfOrganizations, type RetentionMax } from "../plans/index.ts";

/** What a new server begins with, unless the installation allows less. */
const DEFAULT_DAYS = 7;

/** The longest choice that is not above `daysMax`. */
const longestUpTo = (daysMax: number): number =>
  Math.max(0, ...RETENTION_DAYS.filter((days) => days <= daysMax));

/** The retention of a new server where at most `daysMax` are allowed. */
export const firstRetentionDays = (daysMax: number): number => Math.min(DEFAULT_DAYS, longestUpTo(daysMax));

const WAY_ON = {
  installation: "ask the operator to raise MCPSTACK_LOG_RETENTION_DAYS_MAX",
  plan: "change the plan in Settings → Billing",
} as const;

/** Throws `invalid_input` when a server may not keep its logs for so long. */
export function assertRetentionAllowed(days: number, { days: daysMax, by }: RetentionMax): void {
  if (days <= daysMax) return;
  const most =
    daysMax === 0
      ? "stores no logs"
      : `keeps logs for at most ${daysMax === 1 ? "1 day" : `${daysMax} days`}`;
  const message = `This ${by} ${most}. Choose a shorter retention, or ${WAY_ON[by]}.`;
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "retentionDays", code: "above_plan", message }],
    details: { retentionDaysMax: daysMax },
  });
}

const capServer = systemCommand({
  name: "server.capRetention",
  input: z.object({ id: z.string(), organizationId: z.string(), daysMax: z.number() }),
  run: async (ctx, { id, organizationId, daysMax }) => {
    const own = and(eq(servers.organizationId, organizationId), eq(servers.id, id));
    const [before] = await ctx.db.select().from(servers).where(own).for("update");
    const retentionDays = Math.min(before?.retentionDays ?? 0, longestUpTo(daysMax));
    await ctx.db
      .update(servers)
      .set({ retentionDays, updatedAt: new Date(ctx.clock.nowMs()) })
      .where(own);
    return {
      value: undefined,
      audit: {
        organizationId,
        entity: "server",
        entityId: id,
        before: { retentionDays: before?.retentionDays },
        after: { retentionDays },
      },
    };
  },
});

/**
 * Brings servers that keep their logs for longer than the installation or their plan allows down to what is allowed, each
 * with an audit record, and tells the edges. Answers how many there were.
 */
export async function capRetention(system: System): Promise<number> {
  const { db, sql } = system.database;
  const plans = await plansOfOrganizations(db, system.clock.nowMs());
  const kept = await db
    .select({ id: servers.id, organizationId: servers.organizationId, days: servers.retentionDays })
    .from(servers)
    .where(and(gt(servers.retentionDays, 0), isNull(servers.deletedAt)));
  let capped = 0;
  for (const { days, ...server } of kept) {
    const planDays = plans.get(server.organizationId)?.caps.retentionDaysMax ?? days;
    const daysMax = lowestRetention(system.doors.logRetentionDaysMax, planDays).days;
    if (days <= daysMax) continue;
    capped++;
    const caller = {
      system,
      actor: { kind: "system", name: "retention" } as const,
      requestId: system.ids.id("req"),
    };
    await capServer(caller, { ...server, daysMax });
    await notify(sql, CHANNELS.configuration, server.id);
  }
  return capped;
}
