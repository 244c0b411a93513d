import type { EvidencePart } from "../check.ts";

/** What people call the parts of the evidence. Those of money begin with `Billing`, so that they can be told. */
const PART_WORDS: Readonly<Record<EvidencePart, string>> = {
  "smoke.modern": "Tools list, modern era",
  "smoke.legacy": "Tools list, legacy era",
  "smoke.canary": "Canary",
  "smoke.asAgent": "Tools list as the agent",
  "smoke.canaryAsAgent": "Canary as the agent",
  "smoke.tools": "Changes of the tools",
  "hosting.regions": "Regions",
  "hosting.check": "Hosting check",
  "hosting.crashes": "Ends of runtimes",
  "hosting.caps": "Caps of the plan",
  "hosting.changes": "Deployments and changes",
  "hosting.urls": "URLs",
  "logs.counts": "Calls in the window",
  "logs.errors": "Errors of calls",
  "logs.failing": "Failing calls",
  "logs.unlistedTools": "Calls of tools that are not listed",
  "logs.console": "Console lines",
  "logs.pipeline": "Log pipeline",
  "logs.upstream": "Answers of upstreams",
  "logs.hops": "Durations by hop",
  "gateway.decisions": "Denied requests",
  "gateway.keys": "Keys that changed",
  "gateway.doctor": "Gateway doctor",
  "gateway.reach": "How far clients came",
  "usage.comparisons": "Calls of earlier windows",
  "usage.repeats": "Repeated calls",
  "usage.newClients": "New clients",
  "billing.balance": "Billing: credits and debt",
  "billing.movements": "Billing: debits and credits",
  "billing.late": "Billing: late usage",
  "billing.prices": "Billing: prices",
  "billing.reconciliation": "Billing: reconciliation",
  "billing.payments": "Billing: payments",
  "billing.metering": "Billing: metering",
  "budget.agent": "Status of the agent",
  "budget.layers": "Budgets",
  "budget.tools": "Effective tools",
  "budget.calls": "Calls of the agent",
};
export const partWords = (part: EvidencePart): string => PART_WORDS[part];

/** The same of a check by its title. */
export const checkWords = ({ id, title }: { id: string; title: string }): string =>
  id.startsWith("billing.") ? `Billing: ${title.slice(0, 1).toLowerCase()}${title.slice(1)}` : title;
