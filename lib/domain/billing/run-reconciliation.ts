import { z } from "zod";
import type { Reconciliation } from "#lib/contract/index.ts";
import { workflow } from "../access/index.ts";
import { reconcile } from "../ledger/index.ts";

/** Checks every promise about the organization's books now, from the first entry on, and keeps what it found. Changes no books. */
export const runReconciliation = workflow({
  name: "reconciliation.run",
  scope: "billing:write",
  input: z.object({}),
  run: (ctx): Promise<Reconciliation> =>
    reconcile(ctx.database, ctx.organization.id, ctx.clock.nowMs(), { isFull: true }),
});
