import { eq } from "drizzle-orm";
import { organizations } from "#drizzle/schema/index.ts";
import { ChangePlan } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { announced, command } from "../access/index.ts";
import { describePlan } from "./get-plan.ts";
import { currentPlans, planOf } from "./plan-terms.ts";

/**
 * Puts the organization on another plan at once: calls that run end under the old prices, new ones begin under the new.
 * Servers above the new plan's cap stay. Throws `invalid_input` for a plan that this installation does not have.
 */
export const changePlan = announced(
  command({
    name: "plan.change",
    scope: "billing:write",
    input: ChangePlan,
    run: async (ctx, { plan }) => {
      const nowMs = ctx.clock.nowMs();
      const plans = await currentPlans(ctx.db, nowMs);
      if (!plans.has(plan)) {
        const message = `There is no plan ${plan}. There are: ${[...plans.keys()].join(", ")}.`;
        throw new DomainError("invalid_input", message, {
          errors: [{ path: "plan", code: "unknown", message }],
        });
      }
      const own = eq(organizations.id, ctx.organization.id);
      await ctx.db.select({ id: organizations.id }).from(organizations).where(own).for("update");
      const before = await planOf(ctx.db, ctx.organization.id, nowMs);
      await ctx.db.update(organizations).set({ plan }).where(own);
      const value = await describePlan(ctx, ctx.db);
      return {
        value,
        audit: {
          entity: "plan",
          entityId: ctx.organization.id,
          before: { plan: before.priceVersion },
          after: { plan: value.id },
        },
      };
    },
  }),
  () => "plan",
);
