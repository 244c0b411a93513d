import { and, count, eq, isNull } from "drizzle-orm";
import { organizations, servers } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import type { CommandCtx } from "../access/index.ts";
import { planOf } from "./plan-terms.ts";

/** Hosted servers of an organization that are not deleted. */
export async function countHosted(db: Db, organizationId: string): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(servers)
    .where(
      and(eq(servers.organizationId, organizationId), eq(servers.kind, "hosted"), isNull(servers.deletedAt)),
    );
  return row?.total ?? 0;
}

/**
 * Throws `payment_required` when the plan has no room for one more hosted server. Servers that are there stay, whatever
 * the plan became. Holds the organization's row, so that two at once cannot share the last place.
 */
export async function assertHostedRoom(ctx: CommandCtx): Promise<void> {
  const { id } = ctx.organization;
  await ctx.db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, id))
    .for("update");
  const { caps, name } = await planOf(ctx.db, id, ctx.clock.nowMs());
  const used = await countHosted(ctx.db, id);
  if (used < caps.hostedServersMax) return;
  throw new DomainError(
    "payment_required",
    `The plan ${name} has room for ${caps.hostedServersMax} hosted servers, and there are ${used}. Those stay as they are. To make another one, delete one or change the plan in Settings → Billing.`,
    { details: { cap: "hostedServersMax", used, max: caps.hostedServersMax } },
  );
}
