/**
 * Budgets: what an agent, its end users and its conversations may spend in a calendar month (UTC), what stops an agent that
 * loops, and costs that happened elsewhere. The most restrictive cap wins; the ledger holds to them.
 */
export { getAgentBudget } from "./get-agent-budget.ts";
export { postUsageEvents } from "./post-usage-events.ts";
export { suspendAgent } from "./suspend-agent.ts";
export { updateAgentBudget } from "./update-agent-budget.ts";
