/**
 * Plans: what an organization may use, and what a billed call costs. Versions of a plan are immutable; every debit names
 * the one it was priced by.
 */
export { callPrice, callPriceCap } from "./call-price.ts";
export { changePlan } from "./change-plan.ts";
export { getPlan } from "./get-plan.ts";
export { assertHostedRoom } from "./hosted-room.ts";
export { type PlanTerms, planOf, plansOfOrganizations } from "./plan-terms.ts";
export { lowestRetention, type RetentionMax, retentionMaxOf } from "./retention-max.ts";
export { readPlanFile, syncPlans } from "./sync-plans.ts";
