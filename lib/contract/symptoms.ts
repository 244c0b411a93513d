/** What people see when something is wrong. Here without Zod, so that the CLI starts without loading it. */
export const SYMPTOMS = [
  "empty_logs",
  "agent_fails",
  "usage_spike",
  "credits_drop",
  "call_fails",
  "slow",
  "auth_burst",
  "one_region_or_version",
] as const;
