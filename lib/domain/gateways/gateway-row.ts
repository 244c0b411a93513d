import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { gateways, organizations } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

export type GatewayRow = typeof gateways.$inferSelect;

/** How a caller names a gateway: its id or its name, in any case. */
export const GatewayRef = z.object({ gateway: z.string().min(1).max(100) });

/**
 * The gateway that `ref` (id or name) names inside the organization. Throws the `not_found` that a stranger's and a
 * deleted gateway share with a missing one. `lock` holds the row until the transaction ends.
 */
export async function getGatewayRow(
  db: Db,
  organizationId: string,
  ref: string,
  options: { lock?: boolean } = {},
): Promise<GatewayRow> {
  const named = isId("gw", ref) ? eq(gateways.id, ref) : eq(sql`lower(${gateways.name})`, sql`lower(${ref})`);
  const select = db
    .select()
    .from(gateways)
    .where(and(eq(gateways.organizationId, organizationId), named, isNull(gateways.deletedAt)))
    .limit(1);
  const [row] = options.lock ? await select.for("update") : await select;
  if (!row) throw notFound("gateway");
  return row;
}

/** Lets the writers of an organization's gateways take turns, so that names and counts hold when they commit. */
export async function lockGatewaysOf(db: Db, organizationId: string): Promise<void> {
  await db
    .select({ id: organizations.id })
    .from(organizations)
    .where(eq(organizations.id, organizationId))
    .for("no key update");
}

/** Throws `conflict` when another gateway of the organization has the name, in any case. Call it under the lock. */
export async function assertNameIsFree(
  db: Db,
  { organizationId, name, exceptId }: { organizationId: string; name: string; exceptId: string | null },
): Promise<void> {
  const [taken] = await db
    .select({ id: gateways.id })
    .from(gateways)
    .where(
      and(
        eq(gateways.organizationId, organizationId),
        eq(sql`lower(${gateways.name})`, sql`lower(${name})`),
        isNull(gateways.deletedAt),
      ),
    );
  if (!taken || taken.id === exceptId) return;
  const message = `There is already a gateway named "${name}". Choose another name.`;
  throw new DomainError("conflict", message, { errors: [{ path: "name", code: "taken", message }] });
}
