import { query } from "../access/index.ts";
import { keysOf } from "./access-key-row.ts";
import { GatewayRef, getGatewayRow } from "./gateway-row.ts";

/** The keys of a gateway, newest first, those revoked lately included; never their secrets. */
export const listGatewayKeys = query({
  name: "gateway.keys",
  scope: "gateways:read",
  input: GatewayRef,
  run: async (ctx, { gateway }) => {
    const { db } = ctx.database;
    const row = await getGatewayRow(db, ctx.organization.id, gateway);
    return keysOf(db, { organizationId: row.organizationId, gatewayId: row.id }, ctx.clock.nowMs());
  },
});
