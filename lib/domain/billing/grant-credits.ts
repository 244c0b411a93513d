import { type CreditGrant, GrantCredits } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { formatUsd, isMicros, microsOf } from "#lib/kernel/money.ts";
import { actorKey, command } from "../access/index.ts";
import { addCredits } from "../ledger/index.ts";
import { readGrant } from "./grant-rows.ts";

/** Credits by hand are used after those of a plan and before bought ones; promotional ones before. */
const PRIORITY = { promo: 40, manual: 50 } as const;

const input = GrantCredits.superRefine(({ amountMicros }, check) => {
  if (!isMicros(amountMicros) || microsOf(amountMicros) <= limits.money.grantMicrosMax) return;
  const most = formatUsd(limits.money.grantMicrosMax);
  check.addIssue({ code: "custom", path: ["amountMicros"], message: `Give at most ${most} USD at once.` });
});

/**
 * An owner gives credits by hand, with a reason; what is owed is paid of them first. Throws `invalid_input` for an amount that is
 * none or too large and for an expiry that is over, `unprocessable` when the books cannot hold as much.
 */
export const grantCredits = command({
  name: "credits.grant",
  scope: "billing:write",
  input,
  run: async (
    ctx,
    { amountMicros, kind, reason, expiresAt },
  ): Promise<{ value: CreditGrant; audit: Audit }> => {
    const nowMs = ctx.clock.nowMs();
    const expiresAtMs = expiresAt === null ? null : Date.parse(expiresAt);
    if (expiresAtMs !== null && expiresAtMs <= nowMs) throw alreadyOver();
    const { grantId } = await addCredits(
      ctx.db,
      {
        organizationId: ctx.organization.id,
        kind,
        amountMicros: microsOf(amountMicros),
        priority: PRIORITY[kind],
        expiresAtMs,
        paymentId: null,
        reason,
        actor: actorKey(ctx.actor),
        idemKey: `grant:${ctx.ids.uuid(nowMs)}`,
      },
      { nowMs, newId: () => ctx.ids.uuid(nowMs) },
    );
    const value = await readGrant(ctx.db, ctx.organization.id, grantId, nowMs);
    return {
      value,
      audit: { entity: "credit_grant", entityId: grantId, after: { kind, amountMicros, reason, expiresAt } },
    };
  },
});

interface Audit {
  entity: string;
  entityId: string;
  after: object;
}

function alreadyOver(): DomainError {
  const message = "Credits that expire must do so in the future.";
  return new DomainError("invalid_input", message, {
    errors: [{ path: "expiresAt", code: "too_early", message }],
  });
}
