import { z } from "zod";
import type { CreditGrant } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { readGrants } from "./grant-rows.ts";

/** Credits that came in, and what is left of them: those that can be used first, then the newest. */
export const listCreditGrants = query({
  name: "creditGrant.list",
  scope: "billing:read",
  input: z.object({}),
  run: (ctx): Promise<CreditGrant[]> =>
    readGrants(ctx.database.sql, ctx.organization.id, {
      nowMs: ctx.clock.nowMs(),
      rowsMax: limits.money.grantsShownMax,
    }),
});
