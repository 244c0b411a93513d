import type { Check } from "../check.ts";
import { BILLING_CHECKS } from "./billing/index.ts";
import { BUDGET_CHECKS } from "./budget.ts";
import { GATEWAY_CHECKS } from "./gateway/index.ts";
import { HOSTING_CHECKS } from "./hosting/index.ts";
import { LOG_CHECKS } from "./logs/index.ts";
import { SMOKE_CHECKS } from "./smoke/index.ts";
import { USAGE_CHECKS } from "./usage.ts";

/** Every check, in the order in which it is shown: from the outside inwards, then to the money. */
export const CHECKS: readonly Check[] = [
  ...SMOKE_CHECKS,
  ...HOSTING_CHECKS,
  ...LOG_CHECKS,
  ...GATEWAY_CHECKS,
  ...USAGE_CHECKS,
  ...BILLING_CHECKS,
  ...BUDGET_CHECKS,
];
