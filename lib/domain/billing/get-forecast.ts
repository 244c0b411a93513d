import { z } from "zod";
import type { Forecast } from "#lib/contract/index.ts";
import { inSnapshot } from "#lib/db/snapshot.ts";
import { query } from "../access/index.ts";
import { readAccounts } from "./read-accounts.ts";
import { lastErrorRatio, runwayOf } from "./runway.ts";
import { readOpenGrants, readSpendHistory } from "./spend-history.ts";

/** How long the credits last at this pace, from fast to slow, what that is made from, and how far the last forecast was off. */
export const getForecast = query({
  name: "credits.forecast",
  scope: "billing:read",
  input: z.object({}),
  run: async (ctx): Promise<Forecast> => {
    const nowMs = ctx.clock.nowMs();
    const organizationId = ctx.organization.id;
    return inSnapshot(ctx.database.sql, async (sql) => {
      const history = await readSpendHistory(sql, organizationId, nowMs);
      const grants = await readOpenGrants(sql, organizationId);
      const accounts = await readAccounts(sql, organizationId);
      return {
        ...runwayOf(history, grants, nowMs),
        balanceMicros: String(accounts.available + accounts.held),
        history: [...history.byHourMs].map(([ms, spent]) => ({
          hour: new Date(ms).toISOString(),
          spentMicros: String(spent),
        })),
        lastErrorRatio: lastErrorRatio(history, nowMs),
      };
    });
  },
});
