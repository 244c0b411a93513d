/**
 * Use: tool calls and what they cost, told apart by everything that an organization wants to know about them, and how near
 * it comes to the caps of the plan. Read from hourly counts that are written with the calls and their bills.
 */
export { exportUsage } from "./export-usage.ts";
export { getAgentUsage } from "./get-agent-usage.ts";
export { getQuota } from "./get-quota.ts";
export { getUsage } from "./get-usage.ts";
