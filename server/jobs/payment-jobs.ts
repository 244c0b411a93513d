import type { System } from "#lib/domain/access/index.ts";
import {
  catchUpOnPayments,
  retryPaymentEvents,
  runTopUps,
  tidyPayments,
} from "#lib/domain/payments/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Job, someRows } from "./run-jobs.ts";

/** What buying credits needs on a schedule. All of it is safe to repeat: events and charges count once. */
export function paymentJobs(system: System): readonly Job[] {
  return [
    {
      name: "auto-top-up",
      everyMs: limits.money.topUpEveryMs,
      run: async (signal) => someRows(await runTopUps(system, signal)),
    },
    {
      name: "payment-events",
      everyMs: limits.money.paymentRetryEveryMs,
      run: async (signal) => someRows(await retryPaymentEvents(system, signal)),
    },
    {
      name: "missed-payment-events",
      everyMs: limits.money.paymentCatchUpEveryMs,
      run: async (signal) => someRows(await catchUpOnPayments(system, signal)),
    },
    {
      name: "old-payment-events",
      everyMs: limits.jobs.forgetNodesEveryMs,
      run: async () => someRows(await tidyPayments(system)),
    },
  ];
}
