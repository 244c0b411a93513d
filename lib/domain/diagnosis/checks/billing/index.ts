import type { Check } from "../../check.ts";
import { metering, reconciliation } from "./books.ts";
import { agents, late, prices } from "./costs.ts";
import { balance, clawbacks, expiry, payments } from "./credits.ts";

export const BILLING_CHECKS: readonly Check[] = [
  balance,
  agents,
  prices,
  expiry,
  clawbacks,
  late,
  payments,
  reconciliation,
  metering,
];
