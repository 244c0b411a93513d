import { and, asc, eq } from "drizzle-orm";
import { grants } from "#drizzle/schema/index.ts";
import type { Grant } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { describeGrants } from "./describe-grants.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";

/** The grants of a gateway, oldest first, with the patterns that match no known tool. */
export const listGrants = query({
  name: "grant.list",
  scope: "gateways:read",
  input: GatewayRef,
  run: async (ctx, { gateway }): Promise<Grant[]> => {
    const { db } = ctx.database;
    const row = await getGatewayRow(db, ctx.organization.id, gateway);
    const rows = await db
      .select()
      .from(grants)
      .where(and(eq(grants.organizationId, row.organizationId), eq(grants.gatewayId, row.id)))
      .orderBy(asc(grants.id))
      .limit(limits.gateways.listedMax);
    return describeGrants(db, row, rows);
  },
});
