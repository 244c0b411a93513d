import { z } from "zod";
import { type CreditGrant, GRANT_KINDS } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";

const GrantKind = z.enum(GRANT_KINDS);

interface StoredGrant {
  id: string;
  kind: string;
  priority: number;
  amount_micros: string;
  remaining_micros: string;
  effective_at: Date;
  expires_at: Date | null;
  voided_at: Date | null;
  reason: string | null;
  created_by: string | null;
  created_at: Date;
}

/**
 * Credits that came in together, newest first; those with something left before those without. What is past its expiry has
 * nothing left, whether that is posted or not.
 */
export const listCreditGrants = query({
  name: "creditGrant.list",
  scope: "billing:read",
  input: z.object({}),
  run: async (ctx): Promise<CreditGrant[]> => {
    const now = new Date(ctx.clock.nowMs());
    const rows = await ctx.database.sql<StoredGrant[]>`
      select g.id, g.kind, g.priority, g.amount_micros, g.effective_at, g.expires_at, g.voided_at, g.reason,
        coalesce(u.name, g.created_by) as created_by, g.created_at,
        case when g.expires_at <= ${now} then 0 else g.remaining_micros end as remaining_micros
      from credit_grants g left join users u on g.created_by in (u.id, 'user:' || u.id)
      where g.organization_id = ${ctx.organization.id}
      order by g.remaining_micros > 0 and coalesce(g.expires_at > ${now}, true) desc, g.id desc
      limit ${limits.money.grantsShownMax}`;
    return rows.map((row) => ({
      id: row.id,
      kind: GrantKind.parse(row.kind),
      priority: row.priority,
      amountMicros: row.amount_micros,
      remainingMicros: row.remaining_micros,
      effectiveAt: row.effective_at.toISOString(),
      expiresAt: row.expires_at?.toISOString() ?? null,
      voidedAt: row.voided_at?.toISOString() ?? null,
      reason: row.reason,
      createdBy: row.created_by,
      createdAt: row.created_at.toISOString(),
    }));
  },
});
