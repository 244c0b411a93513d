import type { Db } from "#lib/db/index.ts";
import type { Ctx } from "../access/index.ts";
import { planOf } from "./plan-terms.ts";

/** The longest retention of an organization's servers: what the installation and the plan both allow. */
export interface RetentionMax {
  readonly days: number;
  /** Who sets it. */
  readonly by: "installation" | "plan";
}

export async function retentionMaxOf(
  ctx: Pick<Ctx, "organization" | "clock" | "doors">,
  db: Db,
): Promise<RetentionMax> {
  const { caps } = await planOf(db, ctx.organization.id, ctx.clock.nowMs());
  return lowestRetention(ctx.doors.logRetentionDaysMax, caps.retentionDaysMax);
}

export const lowestRetention = (installationDays: number, planDays: number): RetentionMax =>
  planDays < installationDays
    ? { days: planDays, by: "plan" }
    : { days: installationDays, by: "installation" };
