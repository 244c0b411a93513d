import { and, eq } from "drizzle-orm";
import { grants } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { GatewayRow } from "./gateway-row.ts";

/** A lone star is no pattern to try: it allows everything. */
const isTried = (pattern: string): boolean => pattern.includes("*") && !/^\*+$/.test(pattern);

/**
 * Throws `limit_reached` when a gateway would have more than `limits.gateways.wildcardsPerGatewayMax` different patterns
 * with a star, because each costs time on every call. `grantId`: the grant whose patterns `tools` replaces.
 */
export async function requireWildcardRoom(
  db: Db,
  gateway: GatewayRow,
  { tools, grantId }: { tools: readonly string[]; grantId: string | null },
): Promise<void> {
  if (!tools.some(isTried)) return;
  const max = limits.gateways.wildcardsPerGatewayMax;
  const rows = await db
    .select({ id: grants.id, tools: grants.tools })
    .from(grants)
    .where(and(eq(grants.organizationId, gateway.organizationId), eq(grants.gatewayId, gateway.id)));
  const others = rows.filter(({ id }) => id !== grantId).flatMap((row) => row.tools);
  if (new Set([...others, ...tools].filter(isTried)).size <= max) return;
  throw new DomainError(
    "limit_reached",
    `The grants of a gateway have at most ${max} different patterns with a star. Name tools in full, or use fewer patterns.`,
  );
}
