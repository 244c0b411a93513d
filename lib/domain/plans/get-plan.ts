import { z } from "zod";
import type { Plan } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { type Ctx, query } from "../access/index.ts";
import { callPriceCap } from "./call-price.ts";
import { countHosted } from "./hosted-room.ts";
import { currentPlans, planOf, toPlanVersion } from "./plan-terms.ts";

/** The plan of the organization, its room for hosted servers, and the plans that it may change to. */
export const getPlan = query({
  name: "plan.get",
  scope: "usage:read",
  input: z.object({}),
  run: async (ctx) => describePlan(ctx, ctx.database.db),
});

/** The same for a caller that is inside a transaction. */
export async function describePlan(
  ctx: Pick<Ctx, "organization" | "clock" | "scopes">,
  db: Db,
): Promise<Plan> {
  const nowMs = ctx.clock.nowMs();
  const [terms, plans, used] = [
    await planOf(db, ctx.organization.id, nowMs),
    await currentPlans(db, nowMs),
    await countHosted(db, ctx.organization.id),
  ];
  return {
    ...toPlanVersion(terms),
    callPriceCapMicros: String(callPriceCap(terms)),
    hostedServers: { used, max: terms.caps.hostedServersMax },
    available: [...plans.values()].map(toPlanVersion),
    mayChange: ctx.scopes.has("billing:write"),
  };
}
