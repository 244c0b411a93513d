import { z } from "zod";
import type { Reconciliation } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { lastReconciliation } from "./reconciliation-runs.ts";

/** Whether the books balanced when they were last checked, with every promise that was checked. */
export const getReconciliation = query({
  name: "reconciliation.get",
  scope: "billing:read",
  input: z.object({}),
  run: (ctx): Promise<Reconciliation> => lastReconciliation(ctx.database.sql, ctx.organization.id),
});
