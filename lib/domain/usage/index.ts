/**
 * Use: tool calls and what they cost, told apart by everything that an organization wants to know about them, and how near
 * it comes to the caps of the plan. Read from hourly counts that are written with the calls and their bills.
 */
export { getUsage } from "./get-usage.ts";
