/** The order of an incident: from the outside inwards, then to the money. Here without Zod, so that the CLI starts without loading it. */
export const STAGES = ["smoke", "hosting", "logs", "gateway", "usage_billing", "agent_budget"] as const;
